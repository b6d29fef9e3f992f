//! From a page to its main text: blocks in reading order, each under its headings, and the links
//! that lead on.

mod blocks;
mod hints;
mod main_text;
mod page;
mod phrases;
mod runs;
mod sink;

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
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().filter(shown));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        Url::parse("https://example.com/docs/a").unwrap()
    }

    #[test]
    fn main_text_comes_under_its_headings_and_without_navigation() {
        let text = "Returns are taken for thirty days after the parcel came, no questions asked. ";
        let page = format!(
            "<html><head><title> Shop </title></head><body><nav><a href='/x'>Elsewhere</a></nav>\
             <main><article><h1>Help</h1><p>{}</p><h2>Returns</h2><p>{text}<b>Always</b>.</p>\
             <ul><li>Keep the <i>receipt</i>.</li></ul><pre>a\n  b</pre>\
             <table><tr><td>S</td><td>3 days</td></tr></table></article></main>\
             <script>alert(1)</script></body></html>",
            text.repeat(8)
        );
        let document = html(&page, &url()).unwrap();
        assert_eq!(document.title, "Shop");
        let find = |needle: &str| {
            document.blocks.iter().find(|b| b.text.contains(needle)).unwrap_or_else(|| {
                panic!("{needle} is not in {:?}", document.blocks);
            })
        };
        assert_eq!(find("Always").headings.last().unwrap(), "Returns");
        assert_eq!(find("receipt").text, "Keep the receipt.");
        assert_eq!(find("S |").text, "S | 3 days");
        assert_eq!(find("  b").text, "a\n  b");
        assert!(document.blocks.iter().all(|b| !b.text.contains("alert")));
        assert!(document.blocks.iter().all(|b| !b.text.contains("Elsewhere")));
    }

    #[test]
    fn links_are_absolute_without_fragments_and_each_once() {
        let page = "<p>Some text that can be read here.</p><a href='b#one'>1</a><a href='b'>2</a>\
                    <a href='mailto:a@b.c'>3</a><a rel='nofollow' href='/n'>4</a>\
                    <a href='https://other.example/'>5</a>";
        let links = html(page, &url()).unwrap().links;
        let links: Vec<_> = links.iter().map(Url::as_str).collect();
        assert_eq!(links, ["https://example.com/docs/b", "https://other.example/"]);
    }

    #[test]
    fn broken_and_empty_pages() {
        assert_eq!(html("", &url()).unwrap_err(), ExtractError::Empty);
        assert_eq!(html("<script>1</script>", &url()).unwrap_err(), ExtractError::Empty);
        assert_eq!(html("<p>Half a <b>page", &url()).unwrap().blocks[0].text, "Half a page");
        let deep = format!("{}deep{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
        assert_eq!(html(&deep, &url()).unwrap_err(), ExtractError::TooDeep);
        let many = "<p>a".repeat(60_000);
        assert_eq!(html(&many, &url()).unwrap_err(), ExtractError::TooManyElements);
    }

    #[test]
    fn plain_text_has_headings_too() {
        let document = plain("# Guide\n\nFirst.\n\n## More\nSecond.", &url()).unwrap();
        assert_eq!(document.title, "Guide");
        assert_eq!(document.blocks[1].headings, ["Guide", "More"]);
        assert_eq!(document.blocks[1].text, "Second.");
    }
}
pub fn folded_for_dev(t:&str)->String{folded(t)}
pub fn whole_for_dev(h:&str)->String{let p=Page::parse(h).unwrap(); p.text(0)}
pub fn debug_for_dev(h:&str){let p=Page::parse(h).unwrap(); let m=main_text::find(&p); eprintln!("root {} {:?} nodes {}",m.root,p.nodes[m.root].tag,p.nodes.len());
 let none=vec![false;p.nodes.len()]; let mass=runs::Mass::of(&p,&runs::runs(&p,&none)); eprintln!("all good {}",mass.good(0..p.nodes.len()));
 let mut i=0; while i<p.nodes.len(){ if m.gone[i]{ let r=p.within(i); if mass.chars(r.clone())>150{eprintln!("gone {i} {:?} {:?} good {} chars {} linked {} {}",p.nodes[i].tag,p.nodes[i].hints,mass.good(r.clone()),mass.chars(r.clone()),mass.linked(r), p.text(i).chars().take(70).collect::<String>());} i=p.nodes[i].end;} else {
 if m.root==i||(m.root>i&&p.nodes[m.root].end<=p.nodes[i].end){eprintln!("path {i} {:?} {:?} good {}",p.nodes[i].tag,p.nodes[i].hints,mass.good(p.within(i)));} i+=1;} } }
