//! Panels that take turns, each under the label that is pressed to see it.

use std::collections::{HashMap, hash_map::Entry};

use super::{attributes::Hints, page::PageTree, tag::Tag};

/// Labels of one list at most.
const MAX_LABELS: usize = 40;

/// The longest label, in characters, and the longest that an element says to be its own.
const LONGEST: u32 = 300;
const LONGEST_NAMED: u32 = 80;

/// The label of each panel.
pub(super) fn labels(page: &PageTree) -> HashMap<usize, String> {
    let mut labels = HashMap::new();
    let ids: HashMap<&str, usize> = page
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(place, node)| Some((node.attribute("id")?, place)))
        .collect();
    let mut place = 0;
    while place < page.nodes.len() {
        let node = &page.nodes[place];
        if node.hints.any(Hints::PANEL)
            && let Some(by) = node.attribute("aria-labelledby").and_then(|id| ids.get(id))
            && let Some(label) = page.text_up_to(*by, LONGEST_NAMED)
            && !label.is_empty()
        {
            labels.entry(place).or_insert(label);
        }
        if node.hints.any(Hints::TABS) {
            for (panel, link) in targets(page, place) {
                add(page, panel, link, &mut labels);
            }
        }
        if is_list(page, place) {
            of_list(page, place, &mut labels);
            place = page.nodes[place].end;
        } else {
            place += 1;
        }
    }
    labels
}

fn is_list(page: &PageTree, place: usize) -> bool {
    let node = &page.nodes[place];
    node.hints.any(Hints::TABS) && !node.hints.any(Hints::PANEL) && !holds_panels(page, place)
}

/// Whether panels are in an element that is called a list of tabs: by what they are called, since
/// one of its links leads to them, or since no label is a paragraph.
pub(super) fn holds_panels(page: &PageTree, place: usize) -> bool {
    page.holds(place, |inner| inner.hints.any(Hints::PANEL) || inner.tag == Tag::P)
        || targets(page, place).next().is_some()
}

/// The elements in a box that a link in it leads to, each with the link.
fn targets(page: &PageTree, place: usize) -> impl Iterator<Item = (usize, usize)> {
    let links: HashMap<&str, usize> = page
        .within(place)
        .filter(|at| page.nodes[*at].tag == Tag::A)
        .filter_map(|at| Some((page.nodes[at].attribute("href")?.strip_prefix('#')?, at)))
        .take(MAX_LABELS)
        .collect();
    page.within(place).filter_map(move |at| {
        let id = page.nodes[at].attribute("id")?;
        Some((at, links.get(id).copied().filter(|link| *link != at && at != place)?))
    })
}

fn of_list(page: &PageTree, list: usize, labels: &mut HashMap<usize, String>) {
    let by_role = |at: &usize| page.nodes[*at].attribute("role") == Some("tab");
    let mut names: Vec<usize> = page.within(list).filter(by_role).take(MAX_LABELS).collect();
    if names.is_empty() {
        let element = |at: &usize| page.nodes[*at].tag != Tag::Text;
        names = page.children(list).filter(element).take(MAX_LABELS).collect();
    }
    // What comes behind the list, up to the next one.
    let mut panels = Vec::new();
    let mut at = page.nodes[list].end;
    while at < page.nodes.len() && panels.len() < names.len() && !is_list(page, at) {
        if page.nodes[at].hints.any(Hints::PANEL) {
            panels.push(at);
            at = page.nodes[at].end;
        } else {
            at += 1;
        }
    }
    if names.len() == panels.len() {
        for (panel, name) in panels.into_iter().zip(names) {
            add(page, panel, name, labels);
        }
    }
}

fn add(page: &PageTree, panel: usize, label: usize, labels: &mut HashMap<usize, String>) {
    if let Entry::Vacant(free) = labels.entry(panel)
        && let Some(label) = page.text_up_to(label, LONGEST)
    {
        free.insert(label);
    }
}
