//! The heading that has the page's title, and what is around it.

use super::{
    attributes::Hints,
    boilerplate,
    page::PageTree,
    tag::Tag,
    text_density::{Mass, runs},
};

/// The heading that has the page's title, or most of it.
pub(super) fn heading(page: &PageTree, gone: &[bool]) -> Option<usize> {
    let plain = |text: String| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let title = plain(page.text(page.first(Tag::Title)?));
    let mut place = 0;
    while place < page.nodes.len() {
        let node = &page.nodes[place];
        if gone[place] {
            place = node.end;
            continue;
        }
        if matches!(node.tag, Tag::H(1..=2)) {
            let heading = plain(page.text(place));
            let long = heading.chars().count() >= 10;
            if long && (title.starts_with(&heading) || title.ends_with(&heading)) {
                return Some(place);
            }
        }
        place += 1;
    }
    None
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
