//! From a page to its main text: blocks in reading order, each under its headings, and the links
//! that lead on.
//!
//! An article is read by [`boilerplate`] and [`title`], which leave out all that is no part of it;
//! any other page by [`broad`], which keeps what is in doubt. [`blocks`] writes down what is left,
//! [`structured`] what the page says to machines alone, and [`site`] what each page of its site has
//! at its foot.

pub(crate) mod asciidoc;
mod attributes;
mod blocks;
mod boilerplate;
mod boilerplate_phrases;
mod broad;
mod bylines;
mod calendars;
mod closings;
mod code;
mod counters;
mod disclosure;
mod feedback;
mod form_messages;
mod furniture;
mod grids;
mod head;
mod inline;
mod json_ld;
mod line;
mod lists;
mod mailings;
mod main_text;
pub(crate) mod markdown;
mod markdown_dialects;
mod math;
mod names;
mod outline;
mod page;
pub(crate) mod plain;
mod releases;
pub(crate) mod rst;
mod rst_tables;
mod scripted;
mod sections;
mod site;
mod stand_ins;
mod steps;
mod structured;
mod structured_facts;
pub(crate) mod tables;
mod tabs;
mod tag;
mod teasers;
mod text_density;
mod title;
mod tree_sink;
pub(crate) mod xhtml;

use std::collections::HashSet;

use url::Url;

pub use self::outline::{Block, BlockKind};
use self::{attributes::Hints, page::PageTree, tag::Tag};
pub(crate) use self::{
    boilerplate_phrases::is_notice,
    inline::percent_decoded,
    line::{raised as superscript, runs_on},
    outline::Outline,
};
use crate::records::MAX_JSON_VALUES;

/// A page with more elements than this is not read.
const MAX_ELEMENTS: usize = 50_000;
/// A page nested deeper than this is not read: parsers take quadratic time in the depth.
const MAX_DEPTH: usize = 400;
/// Links taken from one page at most.
const MAX_LINKS: usize = 1_000;

/// What a page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Its main text.
    pub blocks: Vec<Block>,
    /// What each page of its site says of the site: address, telephone, opening hours.
    pub site: Vec<Block>,
    /// Where it leads, without fragments, each once; nowhere if it asks not to be followed.
    pub links: Vec<Url>,
    /// Its language as it says, such as `de-AT`.
    pub language: Option<String>,
    /// Where it says that it is, if it says so.
    pub canonical: Option<Url>,
    /// The part of a list that comes after it, if it is one of several.
    pub next: Option<Url>,
    /// Where it is in other languages; they are among its links.
    pub twins: Vec<Url>,
    /// Lists of its site's pages that it names.
    pub lists: Lists,
    /// Where it sends its readers at once.
    pub refresh: Option<Url>,
    /// Whether it asks not to be in an index.
    pub noindex: bool,
}

/// Lists of a site's pages, as one of its pages names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// Sitemaps.
    pub sitemaps: Vec<Url>,
    /// RSS and Atom feeds, which list the newest pages.
    pub feeds: Vec<Url>,
}

/// Why a page has no main text. Fit for its owner's eyes.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ExtractError {
    /// Nothing but navigation, or nothing at all.
    #[error("the page has no readable text")]
    Empty,
    /// Its text is made by scripts, which don't run here.
    #[error("the page shows its text by JavaScript, which is not run")]
    NeedsScripts,
    /// The site shows it to browsers alone, after a check.
    #[error("the site shows a check for browsers instead of the page")]
    BrowserCheck,
    /// It is not worth the time.
    #[error("the page has more than {MAX_ELEMENTS} elements")]
    TooManyElements,
    /// It would take too much memory.
    #[error("the file has more than {MAX_JSON_VALUES} values")]
    TooManyValues,
    /// It would take for ever.
    #[error("the page's elements are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// Reads an HTML page that was found at `url`. One that only links to others has no blocks.
pub fn html(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let page = PageTree::parse(source)?;
    let base = base(&page, url);
    let main = main_text::find(&page);
    let mut blocks = blocks::of(&page, &main, &base);
    let (said, mut site) = structured::read(&page, &blocks, main.is_article);
    structured::add(&mut blocks, said);
    site.extend(site::facts(&page, &main, &base));
    let twins: Vec<Url> = page.head.twins.iter().filter_map(|at| address(&base, at)).collect();
    let links = match page.head.asks("nofollow") {
        true => Vec::new(),
        false => links(&page, &base, &twins),
    };
    let refresh = refresh(&page, &base);
    if refresh.is_none() {
        scripted::check(&page, &blocks, &links)?;
    }
    if blocks.is_empty() && links.is_empty() && refresh.is_none() {
        return Err(ExtractError::Empty);
    }
    Ok(Document {
        title: page.first(Tag::Title).map(|title| page.text(title)).unwrap_or_default(),
        blocks,
        site,
        links,
        language: language(&page),
        next: next(&page, &base),
        twins,
        lists: Lists {
            sitemaps: page.head.sitemaps.iter().filter_map(|at| address(&base, at)).collect(),
            feeds: page.head.feeds.iter().filter_map(|at| address(&base, at)).collect(),
        },
        canonical: page.head.canonical.as_ref().and_then(|at| address(&base, at)),
        refresh,
        noindex: page.head.asks("noindex"),
    })
}

fn base(page: &PageTree, url: &Url) -> Url {
    let base = page.nodes.iter().filter(|node| node.tag == Tag::Base);
    let href = base.filter_map(|node| node.attribute("href")).find(|href| !href.is_empty());
    href.and_then(|href| url.join(href).ok()).unwrap_or_else(|| url.clone())
}

fn address(base: &Url, at: &str) -> Option<Url> {
    let mut target = base.join(at.trim()).ok()?;
    target.set_fragment(None);
    matches!(target.scheme(), "http" | "https").then_some(target)
}

fn links(page: &PageTree, base: &Url, twins: &[Url]) -> Vec<Url> {
    let mut links: Vec<Url> = Vec::new();
    let mut seen: HashSet<Url> = HashSet::new();
    let anchors = page.nodes.iter().filter(|node| node.tag == Tag::A);
    let anchors = anchors.filter(|anchor| !anchor.hints.any(Hints::NOFOLLOW));
    let anchors = anchors.filter_map(|anchor| anchor.attribute("href"));
    // Pictures and frames lead on too.
    let others = page.head.links.iter().chain(&page.head.next).map(|at| &**at);
    let named = anchors.chain(others).filter(|href| !href.is_empty());
    let targets = named.filter_map(|href| address(base, href));
    for target in targets.chain(twins.iter().cloned()) {
        if seen.insert(target.clone()) {
            links.push(target);
        }
        if links.len() == MAX_LINKS {
            break;
        }
    }
    links
}

/// The part of a list that comes after this one, by a `link` element or a link.
fn next(page: &PageTree, base: &Url) -> Option<Url> {
    let is_next = |rel: &str| rel.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case("next"));
    let link = || {
        let mut anchors = page.nodes.iter().filter(|node| node.tag == Tag::A);
        anchors.find(|node| node.attribute("rel").is_some_and(is_next))?.attribute("href")
    };
    let next = page.head.next.as_deref().or_else(link)?;
    address(base, next)
}

/// Where a page sends its readers within moments, unless that is to itself.
fn refresh(page: &PageTree, base: &Url) -> Option<Url> {
    let by_script = || {
        let target = address(base, page.head.script_target.as_deref()?)?;
        (target != *base).then_some(target)
    };
    match &page.head.refresh {
        Some(said) => refresh_to(said, base),
        None => by_script(),
    }
}

/// Where a `Refresh` field, or a `meta` element like it, leads within moments.
pub(crate) fn refresh_to(said: &str, base: &Url) -> Option<Url> {
    /// A page that waits longer, in seconds, is meant to be read.
    const SOON: f32 = 10.0;
    let (wait, rest) = said.split_once([';', ','])?;
    let wait: f32 = wait.trim().parse().ok()?;
    let rest = rest.trim_start();
    let rest = match rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("url")) {
        true => rest.get(3..)?.trim_start().strip_prefix('=')?,
        false => rest,
    };
    let target = address(base, rest.trim().trim_matches(['"', '\'']))?;
    (wait <= SOON && target != *base).then_some(target)
}

fn language(page: &PageTree) -> Option<String> {
    let html = page.nodes.iter().find(|node| node.tag == Tag::Html)?.attribute("lang");
    let said = html.or_else(|| page.head.meta("content-language"))?.trim();
    let plain = said.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (plain && (2..=20).contains(&said.len())).then(|| said.to_owned())
}

/// Spaces folded; what shows nothing, like a soft hyphen, would keep a word from being found.
fn folded(text: &str) -> String {
    let mut line = line::Line::default();
    line.push(text, false);
    line.take()
}

#[cfg(test)]
mod article_tests;
#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod test_site;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod web_tests;
