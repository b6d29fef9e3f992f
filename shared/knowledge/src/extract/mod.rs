//! From a page to its main text: blocks in reading order, each under its headings, and the links
//! that lead on.

mod around;
mod blocks;
mod hints;
mod main_text;
mod page;
mod phrases;
mod runs;
mod sections;
mod sink;
mod title;

use std::collections::HashSet;

use url::Url;

use self::{
    blocks::Walk,
    hints::Hints,
    page::{Page, Tag},
};

/// A page with more elements than this is not read.
const MAX_ELEMENTS: usize = 50_000;
/// A page nested deeper than this is not read: parsers take quadratic time in the depth.
const MAX_DEPTH: usize = 400;
/// Links taken from one page at the most.
const MAX_LINKS: usize = 1_000;

/// A piece of text under its headings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Headings above it, outermost first.
    pub headings: Vec<String>,
    /// A paragraph, a list item, a table row or a piece of code.
    pub text: String,
}

/// What a page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Its main text.
    pub blocks: Vec<Block>,
    /// Where it leads, without fragments, each once.
    pub links: Vec<Url>,
}

/// Why a page has no main text. Fit for its owner's eyes.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ExtractError {
    /// Nothing but navigation, or nothing at all.
    #[error("the page has no readable text")]
    Empty,
    /// It is not worth the time.
    #[error("the page has more than {MAX_ELEMENTS} elements")]
    TooManyElements,
    /// It would take for ever.
    #[error("the page's elements are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// Reads an HTML page that was found at `url`.
pub fn html(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let page = Page::parse(source)?;
    let title = page.first(Tag::Title).map(|title| page.text(title)).unwrap_or_default();
    let blocks = blocks::of(&page, &main_text::find(&page));
    match blocks.is_empty() {
        true => Err(ExtractError::Empty),
        false => Ok(Document { title, blocks, links: links(&page, url) }),
    }
}

/// Reads plain text or Markdown: paragraphs between empty lines, `#` lines as headings.
pub fn plain(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let mut walk = Walk::default();
    for paragraph in source.split("\n\n") {
        let hashes = paragraph.bytes().take_while(|b| *b == b'#').count();
        let level = u8::try_from(hashes).unwrap_or(6);
        match paragraph.trim_start_matches('#').split_once('\n') {
            _ if hashes == 0 || hashes > 6 => walk.block(paragraph.trim()),
            Some((heading, rest)) => {
                walk.heading(level, heading);
                walk.block(rest.trim());
            }
            None => walk.heading(level, paragraph.trim_start_matches('#')),
        }
    }
    let title = walk.blocks.first().and_then(|block| block.headings.first().cloned());
    let title = title.unwrap_or_else(|| url.path().to_owned());
    match walk.blocks.is_empty() {
        true => Err(ExtractError::Empty),
        false => Ok(Document { title, blocks: walk.blocks, links: Vec::new() }),
    }
}

fn links(page: &Page, url: &Url) -> Vec<Url> {
    let base = page.nodes.iter().find(|node| node.tag == Tag::Base && !node.text.is_empty());
    let base = base.and_then(|base| url.join(&base.text).ok()).unwrap_or_else(|| url.clone());
    let mut links: Vec<Url> = Vec::new();
    let mut seen: HashSet<Url> = HashSet::new();
    let anchors = page.nodes.iter().filter(|node| node.tag == Tag::A && !node.text.is_empty());
    for anchor in anchors.filter(|anchor| !anchor.hints.any(Hints::NOFOLLOW)) {
        let Ok(mut target) = base.join(anchor.text.trim()) else { continue };
        target.set_fragment(None);
        if matches!(target.scheme(), "http" | "https") && seen.insert(target.clone()) {
            links.push(target);
        }
        if links.len() == MAX_LINKS {
            break;
        }
    }
    links
}

/// Spaces folded; what shows nothing, like a soft hyphen, would keep a word from being found.
fn folded(text: &str) -> String {
    let shown = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}');
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let end = folded.len();
        folded.extend(word.chars().filter(shown));
        if end > 0 && folded.len() > end {
            folded.insert(end, ' ');
        }
    }
    folded
}

#[cfg(test)]
mod tests;
