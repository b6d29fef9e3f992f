//! Which part of a page is its main text: what is around it is taken away, by what its authors
//! call it and by how much of it is links, and of the rest the element is found that holds the
//! paragraphs.

use super::{
    around,
    hints::Hints,
    page::{Page, Tag},
    runs::{Mass, runs},
    sections, title,
};

/// What to read of a page.
#[derive(Debug)]
pub(super) struct MainText {
    /// The element that holds it.
    pub(super) root: usize,
    /// Elements before it that lead to it, in reading order.
    pub(super) leads: Vec<usize>,
    /// For each node whether it is left out, with all that is in it.
    pub(super) gone: Vec<bool>,
}

/// A page with less text than this in the element that was found is looked at again, less strictly.
const LITTLE: u32 = 250;

/// Finds the main text.
pub(super) fn find(page: &Page) -> MainText {
    let strict = attempt(page, true);
    if chars(page, &strict) >= LITTLE {
        return strict;
    }
    let lax = attempt(page, false);
    if chars(page, &lax) > 2 * chars(page, &strict) { lax } else { strict }
}

fn chars(page: &Page, main: &MainText) -> u32 {
    let range = page.within(main.root);
    runs(page, &main.gone)
        .iter()
        .filter(|run| range.contains(&run.first))
        .map(|run| run.chars)
        .sum()
}

fn attempt(page: &Page, strict: bool) -> MainText {
    let mut gone = vec![false; page.nodes.len()];
    around::by_tag(page, &mut gone);
    if strict {
        around::by_hints(page, &mut gone);
    }
    let title = title::heading(page, &gone);
    let root = root(page, &Mass::of(page, &runs(page, &gone)), &gone, title);
    around::by_links(page, root, &mut gone);
    title::nothing_before(page, root, title, &mut gone);
    sections::elsewhere(page, root, &mut gone);
    sections::headings_of_nothing(page, root, &mut gone);
    sections::labels(page, root, &mut gone);
    let leads = title::leads(page, root, title, &gone);
    MainText { root, leads, gone }
}

/// The element that holds the paragraphs.
fn root(page: &Page, mass: &Mass, gone: &[bool], title: Option<usize>) -> usize {
    let body = page.first(Tag::Body).unwrap_or(0);
    let all = mass.good(page.within(body)).max(1) as f32;
    let best = |is: &dyn Fn(usize) -> bool, share: f32| {
        let mut best = None;
        let mut place = body;
        while place < page.nodes[body].end {
            if gone[place] {
                place = page.nodes[place].end;
                continue;
            }
            if is(place) {
                let good = mass.good(page.within(place));
                if best.is_none_or(|(most, _)| good > most) {
                    best = Some((good, place));
                }
                place = page.nodes[place].end;
                continue;
            }
            place += 1;
        }
        best.filter(|(good, _)| *good as f32 >= share * all).map(|(_, place)| place)
    };
    let container =
        |place: usize| !page.nodes[place].tag.is_inline() && page.nodes[place].tag != Tag::P;
    let hinted =
        |hint: Hints| move |place: usize| container(place) && page.nodes[place].hints.any(hint);
    if let Some(text) = best(&hinted(Hints::TEXT), 0.25) {
        return parts(page, mass, gone, text);
    }
    let titled = title.and_then(|title| {
        let holds = |place: &usize| {
            page.nodes[*place].end > title && page.nodes[*place].tag == Tag::Article
        };
        let article = (body..title).find(holds)?;
        (mass.good(page.within(article)) >= 300).then_some(article)
    });
    if let Some(article) = titled {
        return descend(page, mass, gone, article);
    }
    let start = best(&|place| page.nodes[place].tag == Tag::Article, 0.5)
        .or_else(|| best(&hinted(Hints::MAIN), 0.5))
        .or_else(|| best(&|place| page.nodes[place].tag == Tag::Main, 0.5))
        .unwrap_or(body);
    descend(page, mass, gone, start)
}

/// An article's text may be in parts, each named as its text: then it is what holds them all, unless
/// that holds much else.
fn parts(page: &Page, mass: &Mass, gone: &[bool], part: usize) -> usize {
    let mut whole = part;
    let mut place = part;
    while place > 0 && page.nodes[place].tag != Tag::Body {
        place = page.nodes[place].parent;
        let mut named = 0;
        let mut at = place + 1;
        while at < page.nodes[place].end {
            let node = &page.nodes[at];
            if gone[at] {
                at = node.end;
            } else if node.hints.any(Hints::TEXT) {
                named += mass.good(page.within(at));
                at = node.end;
            } else {
                at += 1;
            }
        }
        let all = mass.good(page.within(place)) as f32;
        if named > mass.good(page.within(whole)) && named as f32 > 0.85 * all {
            whole = place;
        }
    }
    whole
}

/// Goes down as long as one child holds nearly all of the text.
fn descend(page: &Page, mass: &Mass, gone: &[bool], mut place: usize) -> usize {
    loop {
        let all = mass.good(page.within(place)) as f32;
        let heir = page.children(place).find(|child| {
            let node = &page.nodes[*child];
            let container = !node.tag.is_inline()
                && !matches!(
                    node.tag,
                    Tag::P | Tag::List | Tag::Li | Tag::Row | Tag::Pre | Tag::H(_)
                );
            !gone[*child] && container && mass.good(page.within(*child)) as f32 > 0.95 * all
        });
        match heir {
            Some(heir) if all > 0.0 => place = heir,
            _ => return place,
        }
    }
}
