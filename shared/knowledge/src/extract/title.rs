//! The heading that has the page's title, and what is around it.

use super::{
    attributes::Hints,
    boilerplate,
    page::PageTree,
    tag::Tag,
    text_density::{Mass, runs},
};

/// The longest title, in characters.
const LONGEST: u32 = 1_000;

/// The heading that has the page's title, or most of it.
pub(super) fn heading(page: &PageTree, gone: &[bool]) -> Option<usize> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let whole = page.text_up_to(page.first(Tag::Title)?, LONGEST)?;
    let title = plain(&whole);
    let mut place = 0;
    while place < page.nodes.len() {
        let node = &page.nodes[place];
        if gone[place] {
            place = node.end;
            continue;
        }
        if matches!(node.tag, Tag::H(1..=2))
            && let Some(said) = page.text_up_to(place, LONGEST)
        {
            let heading = plain(&said);
            let long = heading.chars().count() >= 10;
            let is_part = title.starts_with(&heading) || title.ends_with(&heading);
            if long && is_part && (node.tag == Tag::H(1) || is_apart(&whole, &said)) {
                return Some(place);
            }
        }
        place += 1;
    }
    None
}

/// Whether a heading is a title but for what a sign divides from it, such as a site's name: a
/// section's heading may be how a longer title begins.
fn is_apart(title: &str, heading: &str) -> bool {
    let (title, heading) = (title.to_lowercase(), heading.to_lowercase());
    let runs_on = |c: char| c.is_alphanumeric() || c == ',';
    let behind = |rest: &str| !rest.trim_start().starts_with(runs_on);
    let before = |rest: &str| !rest.trim_end().ends_with(runs_on);
    let (begin, end) = (title.strip_prefix(&*heading), title.strip_suffix(&*heading));
    match (begin, end) {
        (None, None) => true,
        (begin, end) => begin.is_some_and(behind) || end.is_some_and(before),
    }
}

/// The longest lead between a title and the text, in characters.
const LONGEST_LEAD: u32 = 700;

/// What is between the title and the text and by its name leads to it.
pub(super) fn leads(
    page: &PageTree,
    root: usize,
    title: Option<usize>,
    gone: &[bool],
) -> Vec<usize> {
    let Some(title) = title.filter(|title| page.nodes[*title].end <= root) else {
        return Vec::new();
    };
    let mass = Mass::of(page, &runs(page, gone));
    let between = page.nodes[title].end..root;
    let mut leads: Vec<usize> = Vec::new();
    let mut place = between.start;
    while place < between.end {
        let node = &page.nodes[place];
        let lead = node.hints.any(Hints::LEAD)
            && node.end <= root
            && (60..LONGEST_LEAD).contains(&mass.chars(page.within(place)))
            && mass.linked(page.within(place)) * 3 < mass.chars(page.within(place));
        if gone[place] || lead {
            leads.extend(Some(place).filter(|_| lead && !gone[place]));
            place = node.end;
        } else {
            place += 1;
        }
    }
    leads.truncate(2);
    leads
}

/// What comes before the title.
pub(super) fn nothing_before(
    page: &PageTree,
    root: usize,
    title: Option<usize>,
    gone: &mut [bool],
) {
    let Some(title) = title.filter(|title| page.within(root).contains(title)) else { return };
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(page.within(root));
    if mass.good(root..title) * 5 < all {
        boilerplate::each(page, gone, root, |place| {
            place < title && page.nodes[place].end <= title
        });
        let nodes = page.nodes[root..title].iter();
        for (gone, node) in gone[root..title].iter_mut().zip(nodes) {
            *gone |= node.tag == Tag::Text;
        }
    }
}
