//! From a page to its main text: blocks in reading order, each under its headings, and the links
//! that lead on.

use dom_query::{Document as Dom, NodeRef};
use dom_smoothie::{Config, Readability};
use url::Url;

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
    bounded(source)?;
    let dom = Dom::from(source);
    let links = links(&dom, url);
    let title = dom.select("title").first().text().trim().to_owned();
    let mut document = Document { title, blocks: main_text(source), links };
    if document.blocks.is_empty() {
        dom.select("script, style, noscript, template, nav, header, footer, aside, form").remove();
        document.blocks = blocks(&dom);
    }
    if document.blocks.is_empty() { Err(ExtractError::Empty) } else { Ok(document) }
}

/// Reads plain text or Markdown: paragraphs between empty lines, `#` lines as headings.
pub fn plain(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let mut walk = Walk::default();
    for paragraph in source.split("\n\n") {
        let hashes = paragraph.bytes().take_while(|b| *b == b'#').count();
        match paragraph.trim_start_matches('#').split_once('\n') {
            _ if hashes == 0 || hashes > 6 => walk.block(paragraph.trim()),
            Some((heading, rest)) => {
                walk.heading(hashes, heading);
                walk.block(rest.trim());
            }
            None => walk.heading(hashes, paragraph.trim_start_matches('#')),
        }
    }
    let title = walk.blocks.first().and_then(|block| block.headings.first().cloned());
    let title = title.unwrap_or_else(|| url.path().to_owned());
    match walk.blocks.is_empty() {
        true => Err(ExtractError::Empty),
        false => Ok(Document { title, blocks: walk.blocks, links: Vec::new() }),
    }
}

/// Looks at the tags alone, before any parser does: how many there are, and how deep they nest.
/// Elements whose end tag may be left out do not nest by themselves and are not counted for depth.
fn bounded(source: &str) -> Result<(), ExtractError> {
    const OPTIONAL_OR_VOID: &[&str] = &[
        "area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img",
        "input", "li", "link", "meta", "option", "p", "source", "tbody", "td", "tfoot", "th",
        "thead", "tr", "track", "wbr",
    ];
    let (mut elements, mut depth) = (0usize, 0usize);
    for tag in source.split('<').skip(1) {
        let (closing, rest) = match tag.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, tag),
        };
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        elements += usize::from(!closing);
        if OPTIONAL_OR_VOID.binary_search(&name.as_str()).is_err() {
            depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
        }
        if elements > MAX_ELEMENTS {
            return Err(ExtractError::TooManyElements);
        }
        if depth > MAX_DEPTH {
            return Err(ExtractError::TooDeep);
        }
    }
    Ok(())
}

fn main_text(source: &str) -> Vec<Block> {
    let config = Config { max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    // A page that it can't make sense of is read as a whole instead.
    let article = Readability::new(source, None, Some(config)).and_then(|mut r| r.parse());
    article.map(|article| blocks(&Dom::from(article.content.as_ref()))).unwrap_or_default()
}

fn links(dom: &Dom, url: &Url) -> Vec<Url> {
    let base = dom.select("base[href]").first().attr("href");
    let base = base.and_then(|href| url.join(&href).ok()).unwrap_or_else(|| url.clone());
    let mut links: Vec<Url> = Vec::new();
    for anchor in dom.select("a[href]").iter() {
        let nofollow = anchor.attr("rel").is_some_and(|rel| {
            rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("nofollow"))
        });
        let target = anchor.attr("href").and_then(|href| base.join(href.trim()).ok());
        if let Some(mut target) = target.filter(|_| !nofollow) {
            target.set_fragment(None);
            if matches!(target.scheme(), "http" | "https") && !links.contains(&target) {
                links.push(target);
            }
        }
        if links.len() == MAX_LINKS {
            break;
        }
    }
    links
}

fn blocks(dom: &Dom) -> Vec<Block> {
    let mut walk = Walk::default();
    if let Some(body) = dom.select("body").nodes().first() {
        walk.node(body, 0);
        walk.flush();
    }
    walk.blocks
}

#[derive(Default)]
struct Walk {
    blocks: Vec<Block>,
    headings: Vec<(usize, String)>,
    /// Inline text that no block element holds yet.
    loose: String,
}

impl Walk {
    fn node(&mut self, node: &NodeRef<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for child in node.children_it(false) {
            if child.is_text() {
                self.loose.push_str(&child.text());
                continue;
            }
            let Some(name) = child.node_name() else { continue };
            match name.as_ref() {
                "script" | "style" | "noscript" | "template" | "svg" | "button" => {}
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                    self.flush();
                    let level = usize::from(name.as_bytes()[1] - b'0');
                    self.heading(level, &child.text());
                }
                "pre" => {
                    self.flush();
                    self.block(child.text().trim_matches('\n'));
                }
                "tr" => {
                    self.flush();
                    let cells: Vec<String> = child
                        .children_it(false)
                        .filter(NodeRef::is_element)
                        .map(|cell| folded(&cell.text()))
                        .collect();
                    self.block(&cells.join(" | "));
                }
                "br" => self.loose.push('\n'),
                "a" | "abbr" | "b" | "bdi" | "bdo" | "cite" | "code" | "del" | "dfn" | "em"
                | "font" | "i" | "ins" | "kbd" | "label" | "mark" | "q" | "s" | "samp"
                | "small" | "span" | "strong" | "sub" | "sup" | "time" | "tt" | "u" | "var" => {
                    self.node(&child, depth + 1);
                }
                _ => {
                    self.flush();
                    self.node(&child, depth + 1);
                    self.flush();
                }
            }
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        while self.headings.last().is_some_and(|(above, _)| *above >= level) {
            self.headings.pop();
        }
        let text = folded(text);
        if !text.is_empty() {
            self.headings.push((level, text));
        }
    }

    fn flush(&mut self) {
        let text = folded(&std::mem::take(&mut self.loose));
        self.block(&text);
    }

    fn block(&mut self, text: &str) {
        if !text.trim().is_empty() {
            let headings = self.headings.iter().map(|(_, text)| text.clone()).collect();
            self.blocks.push(Block { headings, text: text.to_owned() });
        }
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
