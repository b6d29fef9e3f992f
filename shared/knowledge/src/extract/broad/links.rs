//! Links that lead away from a page: lists of them, and those that are all that is in their line.

use std::{cell::LazyCell, collections::HashMap};

use super::{Judge, is_box};
use crate::extract::{
    attributes::Hints, boilerplate_phrases, disclosure::Disclosure, furniture, inline,
    page::PageTree, tag::Tag, text_density::runs_with,
};

/// Of a line of links to other places of the page, in characters.
const LONGEST_JUMP: u32 = 60;
/// A question that unfolds its answer, in characters.
const LONGEST_QUESTION: u32 = 300;

/// Links that are all that is in a line of a box.
pub(super) fn leave_out_lone(page: &PageTree, disclosure: &Disclosure<'_>, gone: &mut [bool]) {
    let boxes =
        |tag: Tag| matches!(tag, Tag::Body | Tag::Main | Tag::Other | Tag::Section | Tag::Article);
    let ids = LazyCell::new(|| ids(page));
    for run in runs_with(page, gone, &|link| is_box(page, link)) {
        if run.chars >= 100 || !boxes(page.nodes[run.block].tag) {
            continue;
        }
        let mut links: Vec<usize> = (run.first..page.nodes.len())
            .take_while(|at| page.nodes[*at].tag.is_inline())
            .filter_map(|at| page.ancestors(at).take(4).find(|a| page.nodes[*a].tag == Tag::A))
            .collect();
        links.dedup();
        let leads = run.linked * 10 >= run.chars * 8;
        let is_file =
            |link: &usize| page.nodes[*link].attribute("href").is_some_and(inline::is_file);
        if leads && !links.iter().any(is_file) {
            links.into_iter().for_each(|link| gone[link] = true);
        } else if run.chars <= LONGEST_JUMP {
            let jumps = links.into_iter().filter(|link| is_jump(page, disclosure, &ids, *link));
            let jumps: Vec<usize> = jumps.collect();
            jumps.into_iter().for_each(|link| gone[link] = true);
        }
    }
}

/// Whether a link leads to another place of the page and unfolds nothing: to its top, past its menu.
fn is_jump(
    page: &PageTree,
    disclosure: &Disclosure<'_>,
    ids: &HashMap<&str, usize>,
    link: usize,
) -> bool {
    let node = &page.nodes[link];
    let asks = || {
        // What is longer is kept as if it asked.
        let Some(text) = page.text_up_to(link, LONGEST_QUESTION) else { return true };
        // A list of contents repeats the heading that it leads to.
        let id = node.attribute("href").and_then(|to| to.strip_prefix('#'));
        let target = || page.text_up_to(*ids.get(id?)?, LONGEST_QUESTION);
        text.ends_with(['?', '？', '؟']) && target().is_none_or(|target| target != text)
    };
    let to = node.attribute("href").unwrap_or_default();
    let names = to.len() > 1 && to.starts_with('#');
    let within = page.nodes.get(node.parent).is_some_and(|parent| !parent.tag.is_cell());
    names
        && within
        && !asks()
        && !node.hints.any(Hints::BUTTON)
        && !disclosure.folds(link)
        && !page.is_in_heading(link)
}

/// The first element with each name.
fn ids(page: &PageTree) -> HashMap<&str, usize> {
    let mut ids = HashMap::new();
    for (place, node) in page.nodes.iter().enumerate() {
        if let Some(id) = node.attribute("id") {
            ids.entry(id).or_insert(place);
        }
    }
    ids
}

impl Judge<'_> {
    /// Lists of links that no text introduces.
    pub(super) fn leads_elsewhere(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let links = self.mass.links(page.within(place));
        let (chars, linked) = (self.chars(place), self.linked(place));
        if self.leads_to_files(place) {
            return false;
        }
        if node.tag.is_list() && !self.is_introduced(place) {
            if furniture::lists_shop_pages(page, place) && !self.is_of_a_section(place) {
                return true;
            }
            return linked > 0.7 && !self.is_of_a_section(place) || self.is_of_contents(place);
        }
        if linked == 0.0 || self.is_most(place) {
            return false;
        }
        match node.tag {
            Tag::P => linked > 0.8 && chars < 100 && !self.is_in_a_sentence(place),
            Tag::Table => links > 2 && chars > 200 && linked > 0.8,
            Tag::Other | Tag::Header | Tag::Section | Tag::Article | Tag::Blockquote => {
                let lists = page.holds(place, |n| n.tag.is_list());
                linked > 0.8 && !(lists && self.is_introduced(place))
            }
            _ => false,
        }
    }

    /// Whether most of its links lead to files, which no crawl of pages lists: forms, plans, scores.
    fn leads_to_files(&self, place: usize) -> bool {
        let page = self.page;
        let mut hrefs = page
            .within(place)
            .filter(|at| page.nodes[*at].tag == Tag::A)
            .filter_map(|at| page.nodes[at].attribute("href"));
        let (mut all, mut files) = (0, 0);
        for href in hrefs.by_ref().take(400) {
            all += 1;
            files += usize::from(inline::is_file(href));
        }
        files * 2 > all && self.is_in_text(place)
    }

    /// Whether a list is what a section of the text has under its heading: the heading is right before
    /// it, and the same element has prose.
    fn is_of_a_section(&self, place: usize) -> bool {
        const PROSE: u32 = 80;
        let page = self.page;
        let heading =
            page.nodes[place].before.filter(|at| matches!(page.nodes[*at].tag, Tag::H(_)));
        heading.is_some_and(|heading| {
            let text = page.text(heading);
            self.good(page.nodes[place].parent) >= PROSE
                && self.is_in_text(place)
                && !boilerplate_phrases::names_pages(&text)
                && !boilerplate_phrases::leads_elsewhere(&text)
                && !boilerplate_phrases::is_label(&text)
        })
    }

    /// Whether a list only leads to places on the page.
    fn is_of_contents(&self, place: usize) -> bool {
        let page = self.page;
        let links: Vec<usize> = page
            .within(place)
            .filter(|at| {
                let href = page.nodes[*at].attribute("href").unwrap_or_default();
                page.nodes[*at].tag == Tag::A && href.len() > 1 && href.starts_with('#')
            })
            .take(400)
            .collect();
        let linked: usize = links.iter().map(|link| page.text(*link).chars().count()).sum();
        links.len() > 1 && linked * 10 > self.chars(place) as usize * 7
    }

    /// Whether the text right before a list says what is on it.
    fn is_introduced(&self, place: usize) -> bool {
        let page = self.page;
        let list = page.within(place).find(|at| page.nodes[*at].tag.is_list()).unwrap_or(place);
        let before = page.nodes[list].before.or_else(|| page.nodes[page.nodes[list].parent].before);
        let Some(before) = before.filter(|b| !matches!(page.nodes[*b].tag, Tag::H(_) | Tag::Nav))
        else {
            return false;
        };
        let text = page.text(before);
        // "Contents:" announces links, and no more.
        text.split_whitespace().count() > 2
            && boilerplate_phrases::introduces(&text)
            && self.linked(before) < 0.5
    }

    /// Whether a link alone in its paragraph has what ends a sentence.
    fn is_in_a_sentence(&self, place: usize) -> bool {
        self.page.text(place).ends_with(['.', '!', '?', '。'])
    }
}
