//! What within the text leads away from it, told by its words.

use super::{
    page::{Page, Tag},
    phrases,
    runs::{Mass, runs},
};

/// Sections whose heading says that they lead elsewhere.
pub(super) fn elsewhere(page: &Page, root: usize, gone: &mut [bool]) {
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
            && phrases::leads_elsewhere(&page.text(place))
        {
            section(page, root, place, level, (&mass, all), gone);
        }
        place += 1;
    }
}

fn section(
    page: &Page,
    root: usize,
    heading: usize,
    level: u8,
    (mass, all): (&Mass, u32),
    gone: &mut [bool],
) {
    // The heading may be all that is in an element; then what follows that is its section.
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
    let good: u32 = section.iter().map(|child| mass.good(page.within(*child))).sum();
    let links: u32 = section.iter().map(|child| mass.links(page.within(*child))).sum();
    if (links > 0 && good * 5 < all * 2) || good == 0 {
        gone[first] = true;
        section.into_iter().for_each(|child| gone[child] = true);
    }
}

/// Lines that only label something.
pub(super) fn labels(page: &Page, root: usize, gone: &mut [bool]) {
    let range = page.within(root);
    for run in runs(page, gone) {
        if range.contains(&run.first) && run.chars <= 60 && run.block != root {
            let mut inside = page.within(run.block).skip(1);
            if inside.len() < 64
                && inside.all(|at| page.nodes[at].tag.is_inline())
                && !matches!(page.nodes[run.block].tag, Tag::Pre | Tag::Cell | Tag::Row | Tag::H(_))
                && phrases::is_label(&page.text(run.block))
            {
                gone[run.block] = true;
            }
        }
    }
}

/// A heading right above what was left out goes with it.
pub(super) fn headings_of_nothing(page: &Page, root: usize, gone: &mut [bool]) {
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
        if follower.is_some_and(|at| gone[at] && page.nodes[at].tag == Tag::List) {
            gone[place] = true;
        }
    }
}
