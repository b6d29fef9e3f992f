//! Blocks of text under the headings above them, as whatever reads a page or a file writes them.

use std::sync::Arc;

/// What is longer, in characters, is a paragraph whatever it is called.
const LONGEST_HEADING: usize = 150;
/// Bytes of text kept of one page or file at most.
pub(super) const MAX_TEXT: usize = 4 * 1024 * 1024;
/// Blocks kept of one page or file at most.
const MAX_BLOCKS: usize = 40_000;
/// Headings that are open at once at most.
const MAX_HEADINGS: usize = 16;
/// The level of what is no heading and says what is below it: a question that unfolds, a bold line.
const LABEL: u8 = 7;

/// What a block is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Prose.
    #[default]
    Text,
    /// An item of a list without an order.
    Item,
    /// One of the steps of a list with an order.
    Step,
    /// A row of a table.
    Row,
    /// Code, line by line.
    Code,
    /// A question with its answer.
    Pair,
}

/// A piece of text under its headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// Headings above it, outermost first. Blocks under the same headings share them.
    pub headings: Arc<[String]>,
    /// A paragraph, a list item, a table row or a piece of code.
    pub text: String,
    /// What it is.
    pub kind: BlockKind,
    /// Where on the page it is, as the fragment of an address: an element's id, `page=3` of a PDF
    /// file.
    pub fragment: Option<Arc<str>>,
}

impl Block {
    /// A paragraph under `headings`.
    pub fn new(headings: &[&str], text: impl Into<String>) -> Self {
        let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
        Self { headings, text: text.into(), ..Self::default() }
    }
}

/// A heading that is open.
#[derive(Debug, Clone)]
struct Heading {
    level: u8,
    text: Arc<str>,
    fragment: Option<Arc<str>>,
    /// Whether there is a block under it, or it doesn't need one.
    used: bool,
    /// Whether there is anything under it.
    leads: bool,
    /// Whether headings are under it, whatever their level, until what it is in ends.
    stays: bool,
    /// Tells it from others with the same text.
    id: u32,
}

/// Headings that were open at some point.
#[derive(Debug)]
pub(crate) struct Scope {
    headings: Vec<Heading>,
    blocks: usize,
}

/// Collects blocks.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) blocks: Vec<Block>,
    headings: Vec<Heading>,
    /// The texts of `headings`, until they change.
    path: Option<Arc<[String]>>,
    fragment: Option<Arc<str>>,
    bytes: usize,
    made: u32,
    /// Whether a heading with nothing under it is a text.
    keeps_headings: bool,
}

impl Outline {
    /// One that takes a heading with nothing under it for a text, as landing pages and posters have
    /// them.
    pub(crate) fn keeping_headings() -> Self {
        Self { keeps_headings: true, ..Self::default() }
    }

    /// A heading of this level, 1 to 6: those of its level and below it end.
    pub(crate) fn heading(&mut self, level: u8, text: &str) {
        if text.chars().count() > LONGEST_HEADING || self.headings.len() >= MAX_HEADINGS {
            self.block(BlockKind::Text, text);
        } else if !text.is_empty() {
            // The label of a panel and the heading in it may be the same.
            let same = self.headings.last_mut().filter(|last| &*last.text == text);
            same.into_iter().for_each(|label| label.used = true);
            while self.headings.last().is_some_and(|above| above.level >= level && !above.stays) {
                self.end_last();
            }
            self.open(level, text, true);
        }
    }

    /// A line that says what is below it: a question that unfolds, the label of a tab. It is part
    /// of the text too. `scope` is what it is in, where it is known.
    pub(crate) fn label(&mut self, text: &str, scope: Option<&Scope>) {
        if text.chars().count() > LONGEST_HEADING || self.headings.len() >= MAX_HEADINGS {
            self.block(BlockKind::Text, text);
        } else if !text.is_empty() {
            let keep = scope.map_or(0, |scope| scope.headings.len());
            while self.headings.len() > keep
                && self.headings.last().is_some_and(|above| above.level >= LABEL)
            {
                self.end_last();
            }
            let above = self.headings.last().map_or(0, |heading| heading.level);
            self.open(LABEL.max(above.saturating_add(1)), text, false);
        }
    }

    /// The label of what `scope` is: all that is in it is below, headings too.
    pub(crate) fn panel(&mut self, text: &str, scope: &Scope) {
        self.label(text, Some(scope));
        if let Some(label) = self.headings.last_mut().filter(|last| &*last.text == text) {
            label.stays = true;
        }
    }

    /// Blocks from here on are at this fragment of the address, if they are under no heading that
    /// has another.
    pub(crate) fn at(&mut self, fragment: Option<&str>) {
        if self.fragment.as_deref() != fragment {
            self.fragment = fragment.map(Arc::from);
        }
    }

    /// Whether a heading that says the same is above.
    pub(crate) fn is_under(&self, text: &str) -> bool {
        self.headings.iter().any(|heading| &*heading.text == text)
    }

    /// Takes back what was written last, if it says this and no more.
    pub(crate) fn take_back(&mut self, said: &str) -> Vec<String> {
        /// Blocks at most.
        const MOST: usize = 3;
        /// Of signs that are no letters, in bytes.
        const LONGEST_MORE: usize = 64;
        let plain =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
        let said = plain(said);
        let mut of_it = String::new();
        for count in 1..=MOST.min(self.blocks.len()) {
            let first = self.blocks.len() - count;
            let block = &self.blocks[first];
            // A longer one says more, whatever it is made of.
            if block.kind != BlockKind::Text || block.text.len() > 4 * said.len() + LONGEST_MORE {
                break;
            }
            of_it.insert_str(0, &plain(&block.text));
            if of_it.len() > said.len() {
                break;
            }
            if of_it == said {
                return self.blocks.drain(first..).map(|block| block.text).collect();
            }
        }
        Vec::new()
    }

    fn open(&mut self, level: u8, text: &str, used: bool) {
        self.made += 1;
        self.headings.iter_mut().for_each(|above| above.leads = true);
        let (text, fragment) = (Arc::from(text), self.fragment.clone());
        self.headings.push(Heading {
            level,
            text,
            fragment,
            used,
            leads: false,
            stays: false,
            id: self.made,
        });
        self.path = None;
    }

    /// A label with nothing below it is a line of text.
    fn end_last(&mut self) {
        if let Some(heading) = self.headings.pop() {
            self.path = None;
            let says = heading.text.split_whitespace().count() > 3
                || heading.text.contains(|c: char| c.is_ascii_digit());
            if !heading.used || (self.keeps_headings && !heading.leads && says) {
                self.block(BlockKind::Text, &heading.text.clone());
            }
        }
    }

    /// Something begins whose headings end with it.
    pub(crate) fn begin(&self) -> Scope {
        Scope { headings: self.headings.clone(), blocks: self.blocks.len() }
    }

    /// It ends. If there was nothing in it but headings, they are above what comes after it.
    pub(crate) fn end(&mut self, scope: Scope) {
        if self.blocks.len() == scope.blocks {
            return;
        }
        let kept = |heading: &Heading| scope.headings.iter().any(|before| before.id == heading.id);
        let title = self.headings.first().filter(|heading| heading.level == 1).cloned();
        while self.headings.last().is_some_and(|last| !kept(last)) {
            self.end_last();
        }
        let mut headings = scope.headings;
        for heading in &mut headings {
            // What was below them in there is below them.
            (heading.used, heading.leads) = (true, true);
        }
        if let Some(title) = title.filter(|_| headings.is_empty()) {
            headings.push(title);
        }
        self.headings = headings;
        self.path = None;
    }

    /// A block under the headings above it.
    pub(crate) fn block(&mut self, kind: BlockKind, text: &str) {
        let full = self.bytes > MAX_TEXT || self.blocks.len() >= MAX_BLOCKS;
        if text.trim().is_empty() || full {
            return;
        }
        let (mut said, mut kind) = (String::new(), kind);
        self.headings.iter_mut().for_each(|above| above.leads = true);
        for label in self.headings.iter_mut().filter(|heading| !heading.used) {
            label.used = true;
            said.push_str(&label.text);
            said.push('\n');
            if label.text.ends_with(['?', '？', '؟']) {
                kind = BlockKind::Pair;
            }
        }
        said.push_str(text);
        self.bytes += said.len();
        let headings = &self.headings;
        let path = self.path.get_or_insert_with(|| {
            headings.iter().map(|heading| heading.text.to_string()).collect()
        });
        let nearest = self.headings.iter().rev().find_map(|heading| heading.fragment.clone());
        let fragment = self.fragment.clone().or(nearest);
        self.blocks.push(Block { headings: path.clone(), text: said, kind, fragment });
    }

    /// All blocks, once there are no more.
    pub(crate) fn finish(mut self) -> Vec<Block> {
        while !self.headings.is_empty() {
            self.end_last();
        }
        self.blocks
    }
}
