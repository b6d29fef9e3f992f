//! From what was found to blocks under their headings.

use super::{
    Block, folded,
    main_text::MainText,
    page::{Page, Tag},
};

/// The blocks of the main text in reading order.
pub(super) fn of(page: &Page, main: &MainText) -> Vec<Block> {
    let mut walk = Walk::default();
    for place in main.leads.iter().copied().chain([main.root]) {
        walk.node(page, &main.gone, place);
        walk.flush();
    }
    walk.blocks
}

/// What is longer, in characters, is a paragraph whatever it is called.
const LONGEST_HEADING: usize = 150;

/// Collects blocks.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) blocks: Vec<Block>,
    headings: Vec<(u8, String)>,
    /// Inline text that no block holds yet.
    loose: String,
}

impl Walk {
    fn node(&mut self, page: &Page, gone: &[bool], place: usize) {
        if gone[place] {
            return;
        }
        let node = &page.nodes[place];
        match node.tag {
            Tag::Text => self.loose.push_str(&node.text),
            Tag::H(level) => {
                self.flush();
                self.heading(level, &kept(page, gone, place));
            }
            Tag::Pre => {
                self.flush();
                self.block(code(page, gone, place).trim_matches('\n'));
            }
            Tag::Row
                if !page.nodes[page.within(place)]
                    .iter()
                    .any(|n| n.tag == Tag::P || n.tag == Tag::Table) =>
            {
                self.flush();
                let cells: Vec<String> = page
                    .children(place)
                    .filter(|cell| page.nodes[*cell].tag != Tag::Text && !gone[*cell])
                    .map(|cell| kept(page, gone, cell))
                    .collect();
                if cells.iter().any(|cell| !cell.is_empty()) {
                    self.block(&cells.join(" | "));
                }
            }
            Tag::Br => self.loose.push('\n'),
            tag if tag.is_inline() => {
                for child in page.children(place) {
                    self.node(page, gone, child);
                }
            }
            _ => {
                self.flush();
                for child in page.children(place) {
                    self.node(page, gone, child);
                }
                self.flush();
            }
        }
    }

    /// A heading of this level: those of its level and below it end.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        while self.headings.last().is_some_and(|(above, _)| *above >= level) {
            self.headings.pop();
        }
        let text = folded(text);
        if text.chars().count() > LONGEST_HEADING {
            self.block(&text);
        } else if !text.is_empty() {
            self.headings.push((level, text));
        }
    }

    fn flush(&mut self) {
        let text = folded(&std::mem::take(&mut self.loose));
        self.block(&text);
    }

    /// A block under the headings above it.
    pub(super) fn block(&mut self, text: &str) {
        if !text.trim().is_empty() {
            let headings = self.headings.iter().map(|(_, text)| text.clone()).collect();
            self.blocks.push(Block { headings, text: text.to_owned() });
        }
    }
}

fn pieces<'a>(
    page: &'a Page,
    gone: &'a [bool],
    place: usize,
) -> impl Iterator<Item = &'a super::page::Node> {
    let end = page.nodes[place].end;
    let mut next = place;
    std::iter::from_fn(move || {
        while next < end && gone[next] {
            next = page.nodes[next].end;
        }
        let node = (next < end).then(|| &page.nodes[next])?;
        next += 1;
        Some(node)
    })
}

/// What is kept of its text, spaces folded.
fn kept(page: &Page, gone: &[bool], place: usize) -> String {
    let mut text = String::new();
    for node in pieces(page, gone, place) {
        match node.tag {
            Tag::Text => text.push_str(&node.text),
            tag if !tag.is_inline() || tag == Tag::Br => text.push(' '),
            _ => {}
        }
    }
    folded(&text)
}

/// What is kept of its text, to the letter.
fn code(page: &Page, gone: &[bool], place: usize) -> String {
    let mut text = String::new();
    for node in pieces(page, gone, place) {
        match node.tag {
            Tag::Text => text.push_str(&node.text),
            Tag::Br => text.push('\n'),
            _ => {}
        }
    }
    text
}
