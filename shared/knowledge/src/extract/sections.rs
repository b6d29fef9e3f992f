//! What within the text leads away from it, told by its words.

use std::cell::Cell;

use super::{
    boilerplate_phrases, bylines, closings,
    disclosure::unfolds_all,
    feedback, mailings,
    page::{Node, PageTree},
    tag::Tag,
    text_density::{Mass, Run, runs},
};

/// Sections whose heading says that they lead elsewhere. `article` has what an article had before its
/// lists of links were left out.
pub(super) fn elsewhere(page: &PageTree, root: usize, article: Option<&Mass>, gone: &mut [bool]) {
    let is_article = article.is_some();
    let left = Mass::of(page, &runs(page, gone));
    let mass = article.unwrap_or(&left);
    let all = mass.good(page.within(root));
    let mut place = root + 1;
    while place < page.nodes[root].end {
        let node = &page.nodes[place];
        if gone[place] {
            place = node.end;
            continue;
        }
        if let Tag::H(level) = node.tag
            && boilerplate_phrases::leads_elsewhere(&page.text(place))
        {
            section(page, root, place, level, (mass, all, is_article), gone);
        }
        place += 1;
    }
}

fn section(
    page: &PageTree,
    root: usize,
    heading: usize,
    level: u8,
    (mass, all, is_article): (&Mass, u32, bool),
    gone: &mut [bool],
) {
    /// Elements of a section that are looked at: a heading in a box of its own ends no other one's section.
    const MAX_PARTS: usize = 500;
    // The heading may be all that is in an element; then its section is what comes after that.
    let mut first = heading;
    loop {
        let parent = page.nodes[first].parent;
        let alone = mass.chars(page.within(parent)) == mass.chars(page.within(heading));
        if parent <= root || !alone {
            break;
        }
        first = parent;
    }
    let ends = |place: usize| {
        page.within(place).any(|at| {
            matches!(page.nodes[at].tag, Tag::H(other) if other < level || (other == level && at == place))
        })
    };
    let behind = page.siblings_after(first).take(MAX_PARTS);
    let section: Vec<usize> = behind.take_while(|child| !ends(*child)).collect();
    let sum = |of: &dyn Fn(usize) -> u32| section.iter().map(|child| of(*child)).sum::<u32>();
    let good = sum(&|child| mass.good(page.within(child)));
    let links = sum(&|child| mass.links(page.within(child)));
    let chars = sum(&|child| mass.chars(page.within(child)));
    let linked = sum(&|child| mass.linked(page.within(child)));
    // "Recommended dose" has text below it, "Recommended for you" has links.
    let surely = boilerplate_phrases::surely_leads_elsewhere(&page.text(heading));
    let of_links = match surely {
        true => links > 0 && (linked * 4 > chars || links > 2 && good * 2 < chars),
        false => linked * 10 > chars * 7,
    };
    let elsewhere = match is_article {
        true => good == 0 || links > 0,
        false => chars == 0 || of_links,
    };
    if elsewhere && good * 5 <= all * 2 {
        gone[first] = true;
        section.into_iter().for_each(|child| gone[child] = true);
    }
}

/// Lines that only label something, or ask what readers think of the page.
pub(super) fn labels(page: &PageTree, root: usize, is_article: bool, gone: &mut [bool]) {
    const LONGEST: u32 = 60;
    const LONGEST_PROMPT: u32 = 200;
    // The answers to a question about the page are a line of their own.
    let asked = Cell::new(false);
    lines(page, root, LONGEST_PROMPT, gone, |text, chars, _| {
        if asked.get() && feedback::answers(text) {
            return true;
        }
        asked.set(feedback::asks(text));
        match chars <= LONGEST {
            true if is_article => boilerplate_phrases::is_label(text),
            true => {
                boilerplate_phrases::is_label(text)
                    || bylines::is_byline(text)
                    || closings::names_networks(text)
                    || unfolds_all(text)
            }
            false => boilerplate_phrases::is_prompt(text),
        }
    });
    // Where to write to may be said by the link alone.
    lines(page, root, LONGEST, gone, |text, _, line| {
        closings::offers_help(text)
            && !line.iter().any(|at| page.nodes[page.within(*at)].iter().any(is_contact))
    });
    prompts(page, root, gone);
    mailings::leave_out(page, root, gone);
}

fn is_contact(node: &Node) -> bool {
    let to = node.attribute("href").unwrap_or_default().trim_start().to_ascii_lowercase();
    ["mailto:", "tel:", "sms:"].iter().any(|scheme| to.starts_with(scheme))
        || ["/email-protection#", "//wa.me/"].iter().any(|part| to.contains(part))
        || node.attribute("data-cfemail").is_some()
}

/// Headings that ask what readers think of the page, with the answers to choose from.
fn prompts(page: &PageTree, root: usize, gone: &mut [bool]) {
    /// Of all answers, in characters: what is longer says more.
    const LONGEST: u32 = 60;
    let mass = Mass::of(page, &runs(page, gone));
    for place in page.within(root) {
        if gone[place]
            || !matches!(page.nodes[place].tag, Tag::H(_))
            || !boilerplate_phrases::is_prompt(&page.text(place))
        {
            continue;
        }
        let is_heading = |at: &usize| matches!(page.nodes[*at].tag, Tag::H(_));
        let mut said = 0;
        let mut answers = Vec::new();
        for answer in page.siblings_after(place).take_while(|at| !is_heading(at)) {
            said += mass.chars(page.within(answer));
            if said > LONGEST {
                break;
            }
            answers.push(answer);
        }
        if said <= LONGEST {
            gone[place] = true;
            answers.into_iter().for_each(|at| gone[at] = true);
        }
    }
}

/// Lines that are about an article and no part of it.
pub(super) fn closings(page: &PageTree, root: usize, gone: &mut [bool]) {
    lines(page, root, closings::LONGEST, gone, |text, _, _| closings::is_closing(text));
}

/// Leaves out lines, at most so long in characters, of which `says_nothing` holds; it is given a line's
/// text, length and what it is made of.
fn lines(
    page: &PageTree,
    root: usize,
    longest: u32,
    gone: &mut [bool],
    says_nothing: impl Fn(&str, u32, &[usize]) -> bool,
) {
    /// How many times as long a line is that has parts which are left out already.
    const MAX_HIDDEN: u32 = 2;
    let range = page.within(root);
    for run in runs(page, gone) {
        let may_label = !page.is_in(run.block, Tag::Li)
            && !matches!(
                page.nodes[run.block].tag,
                Tag::Pre | Tag::Cell | Tag::HeaderCell | Tag::Row | Tag::H(_) | Tag::Dt | Tag::Dd
            );
        if !range.contains(&run.first) || run.chars > longest || !may_label {
            continue;
        }
        let line = whole_line(page, root, run);
        let is_label = |text: String| says_nothing(text.trim(), run.chars, &line);
        if text_of(page, &line, MAX_HIDDEN * longest).is_some_and(is_label) {
            line.into_iter().for_each(|at| gone[at] = true);
        }
    }
}

/// What a line is made of: its block, if nothing else is in that.
fn whole_line(page: &PageTree, root: usize, run: Run) -> Vec<usize> {
    let mut inside = page.within(run.block).skip(1);
    let leaf = inside.len() < 64 && inside.all(|at| page.nodes[at].tag.is_inline());
    match leaf && run.block != root {
        true => vec![run.block],
        false => line(page, run),
    }
}

/// Lines of an article that announce other pages and are no headings, with the links that they
/// announce: in the same line, as in "Read also: Mill sold", or below it. `mass` has the links that are
/// left out already.
pub(super) fn announcements(page: &PageTree, root: usize, mass: &Mass, gone: &mut [bool]) {
    const LONGEST: u32 = 60;
    /// Of what names a list, "Filed under:".
    const LONGEST_NAME: u32 = 20;
    /// With the links.
    const LONGEST_OF_LINKS: u32 = 4_000;
    let range = page.within(root);
    for run in runs(page, gone) {
        let own = run.chars - run.linked;
        let tag = page.nodes[run.block].tag;
        if !range.contains(&run.first)
            || own > LONGEST
            || matches!(tag, Tag::H(_) | Tag::Li | Tag::Pre)
            || tag.is_cell()
        {
            continue;
        }
        let mut said = whole_line(page, root, run);
        let Some(text) = text_of(page, &said, LONGEST_OF_LINKS) else { continue };
        let names = run.links > 0 && (own <= LONGEST_NAME || run.linked >= own);
        if names && boilerplate_phrases::leads_in(text.trim()) {
            said.into_iter().for_each(|at| gone[at] = true);
        } else if run.links == 0 && announces(text.trim()) {
            let announced = announced(page, root, &mut said, mass, gone);
            announced.into_iter().for_each(|at| gone[at] = true);
        }
    }
}

/// Whether a line announces other pages and is no sentence.
fn announces(line: &str) -> bool {
    let is_sentence = line.ends_with(['.', '!', '?']) && !line.ends_with("...");
    !is_sentence && boilerplate_phrases::leads_elsewhere(line)
}

/// A line and the links below it, or nothing if there are none.
fn announced(
    page: &PageTree,
    root: usize,
    line: &mut Vec<usize>,
    mass: &Mass,
    gone: &[bool],
) -> Vec<usize> {
    let chars = |at: usize| mass.chars(page.within(at));
    let Some(mut last) = line.last().copied() else { return Vec::new() };
    // The line may be all that is in an element.
    let own: u32 = line.iter().map(|at| chars(*at)).sum();
    while page.nodes[last].parent > root && chars(page.nodes[last].parent) == own {
        last = page.nodes[last].parent;
        *line = vec![last];
    }
    let leads = |at: usize| {
        let linked = mass.linked(page.within(at));
        chars(at) == 0 || gone[at] || linked * 4 > chars(at)
    };
    let behind = page.siblings_after(last).take_while(|at| leads(*at));
    let links: Vec<usize> = behind.filter(|at| mass.linked(page.within(*at)) > 0).collect();
    match links.is_empty() {
        true => Vec::new(),
        false => line.iter().copied().chain(links).collect(),
    }
}

/// The text of what a line is made of; nothing if that is longer than this, in characters: an element that is inline
/// by its name may hold a page's blocks, and each run between two of them is found to be in it.
pub(super) fn text_of(page: &PageTree, line: &[usize], longest: u32) -> Option<String> {
    if line.iter().map(|at| page.chars(*at)).sum::<u32>() > longest {
        return None;
    }
    let parts: Option<Vec<String>> = line.iter().map(|at| page.text_up_to(*at, longest)).collect();
    Some(parts?.join(" "))
}

/// The children of a block that a line of it is made of.
pub(super) fn line(page: &PageTree, run: Run) -> Vec<usize> {
    let mut first = run.first;
    while page.nodes[first].parent != run.block && page.nodes[first].parent > 0 {
        first = page.nodes[first].parent;
    }
    let behind = page.siblings_after(first);
    let behind = behind.take_while(|at| page.nodes[*at].tag.is_inline()).take(64);
    std::iter::once(first).chain(behind).collect()
}

/// A heading right above what was left out goes with it.
pub(super) fn headings_of_nothing(page: &PageTree, root: usize, gone: &mut [bool]) {
    let headings: Vec<usize> = page
        .within(root)
        .filter(|place| matches!(page.nodes[*place].tag, Tag::H(_)) && !gone[*place])
        .collect();
    for place in headings {
        let next = page.nodes[place].end;
        let follower = (next..page.nodes[root].end).find(|at| {
            let node = &page.nodes[*at];
            node.tag != Tag::Text || !node.text.trim().is_empty()
        });
        if follower.is_some_and(|at| gone[at] && page.nodes[at].tag.is_list()) {
            gone[place] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_blocks_of_a_page_in_it() {
        let said = |inner: &str| {
            let source = format!("<div><span>{inner}</span></div>");
            let page = PageTree::parse(&source).expect("a page");
            let span = page.first(Tag::Span).expect("a span");
            text_of(&page, &[span], 400)
        };
        assert_eq!(said("Read <b>also</b>"), Some("Read also".to_owned()));
        assert_eq!(said(&"<p>One</p>".repeat(1_000)), None);
        assert_eq!(said(&"long ".repeat(1_000)), None);
    }
}
