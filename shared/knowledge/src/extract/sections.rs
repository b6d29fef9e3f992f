//! What within the text leads away from it, told by its words.

use super::{
    boilerplate_phrases, bylines,
    page::PageTree,
    tag::Tag,
    text_density::{Mass, Run, runs},
};

/// Sections whose heading says that they lead elsewhere.
pub(super) fn elsewhere(page: &PageTree, root: usize, is_article: bool, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
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
            section(page, root, place, level, (&mass, all, is_article), gone);
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
    let section: Vec<usize> =
        page.siblings_after(first).take_while(|child| !ends(*child)).collect();
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
    let longest = if is_article { LONGEST } else { LONGEST_PROMPT };
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
        let says_nothing = |text: &str| match (is_article, run.chars <= LONGEST) {
            (true, _) => boilerplate_phrases::is_label(text),
            (_, true) => boilerplate_phrases::is_label(text) || bylines::is_byline(text),
            (_, false) => boilerplate_phrases::is_prompt(text),
        };
        let mut inside = page.within(run.block).skip(1);
        let leaf = inside.len() < 64 && inside.all(|at| page.nodes[at].tag.is_inline());
        if leaf && run.block != root {
            gone[run.block] |= says_nothing(&page.text(run.block));
        } else if !is_article {
            let line = line(page, run);
            let text: Vec<String> = line.iter().map(|at| page.text(*at)).collect();
            if says_nothing(text.join(" ").trim()) {
                line.into_iter().for_each(|at| gone[at] = true);
            }
        }
    }
}

/// The children of a block that a line of it is made of.
fn line(page: &PageTree, run: Run) -> Vec<usize> {
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
