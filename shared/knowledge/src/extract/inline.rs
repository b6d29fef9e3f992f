//! How the text within a line is written: prices old and new, superscripts, addresses behind links,
//! pictures of text, and boxes that only a style sheet sets apart.

mod links;
mod pictures;

use url::Url;

use super::{
    attributes::Hints,
    line::{self, Line},
    page::{Node, PageTree},
    tag::Tag,
};

/// What a picture says is not longer, in characters.
const LONGEST_ALT: usize = 300;

pub(super) use self::links::is_file;
pub(crate) use self::links::percent_decoded;

/// Writes inline nodes into a line.
pub(super) struct Writer<'p> {
    page: &'p PageTree,
    gone: &'p [bool],
    url: &'p Url,
    is_article: bool,
    line: Line,
    bold: usize,
    struck: bool,
    /// Whether letters are taken one by one, as in code.
    exact: bool,
    parent: Parent,
}

/// An element whose children are written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parent {
    place: usize,
    /// Whether it has text of its own between them.
    has_text: bool,
}

impl<'p> Writer<'p> {
    pub(super) fn new(
        page: &'p PageTree,
        gone: &'p [bool],
        url: &'p Url,
        is_article: bool,
    ) -> Self {
        let (line, bold, struck, exact, parent) = Default::default();
        Self { page, gone, url, is_article, line, bold, struck, exact, parent }
    }

    /// What the children of an element are written as.
    pub(super) fn parent_of_children(&self, place: usize) -> Parent {
        let page = self.page;
        let says =
            |at: usize| page.nodes[at].tag == Tag::Text && !page.nodes[at].text.trim().is_empty();
        Parent { place, has_text: page.children(place).any(says) }
    }

    /// A child of this element comes next.
    pub(super) fn enter(&mut self, parent: Parent) {
        self.parent = parent;
    }

    pub(super) fn node(&mut self, place: usize) {
        if self.gone[place] {
            return;
        }
        let node = &self.page.nodes[place];
        let hints = node.hints;
        if node.tag == Tag::Span && !self.exact && is_badge(node.attribute("class")) {
            self.line.boundary();
        }
        let is_run = || {
            let before = node.before.and_then(|at| self.page.nodes[at].attribute("class"));
            is_run_of_docs(node.attribute("class")) && is_run_of_docs(before)
        };
        if node.tag != Tag::Text && !self.exact && self.is_apart(place) && !is_run() {
            let spans = |at: usize| self.page.nodes[at].tag == Tag::Span;
            // A name and its value are short; prose may be divided within a word.
            let words = |at: usize| self.page.text(at).split_whitespace().count();
            let prose = self.page.nodes[node.parent].tag == Tag::P
                && (words(place) > 2 || node.before.is_some_and(|before| words(before) > 2));
            match prose && spans(place) && node.before.is_some_and(spans) {
                true => self.line.weak_boundary(),
                false => self.line.boundary(),
            }
        }
        if let Some(label) = node.attribute("aria-label")
            && matches!(node.tag, Tag::Span | Tag::Inline)
            && self.is_picture(place)
            && self.page.text(place).is_empty()
        {
            return self.label(label);
        }
        // A path beside its method.
        if node.tag == Tag::Span && !self.exact && self.is_path(place) {
            self.line.space();
        }
        if let Some(mailbox) = node.attribute("data-cfemail").and_then(links::unveiled) {
            self.line.push(&mailbox, self.bold > 0);
            return;
        }
        match node.tag {
            Tag::Text | Tag::Math => self.line.push(&node.text, self.bold > 0),
            // What a product can be had in.
            Tag::Control if !node.text.is_empty() => {
                self.line.space();
                if self.page.ancestors(place).any(|at| is_of_a_cart(&self.page.nodes[at])) {
                    self.line.push(&node.text, false);
                }
                self.line.space();
            }
            Tag::Br => self.line.line_break(),
            Tag::Control => self.line.space(),
            Tag::Fact | Tag::Nothing => {}
            Tag::Img => self.picture(place),
            Tag::Icon => self.icon(place),
            Tag::Sup | Tag::Sub if !self.exact => self.script(place),
            Tag::A => self.link(place),
            Tag::Strong => {
                self.bold += 1;
                self.children(place);
                self.bold -= 1;
            }
            Tag::Code => {
                let before = std::mem::replace(&mut self.exact, true);
                self.children(place);
                self.exact = before;
            }
            Tag::Del => self.struck(true, |line| line.children(place)),
            _ if hints.any(Hints::SPOKEN) => {
                self.line.space();
                self.children(place);
                self.line.space();
            }
            _ => {
                let old = hints.any(Hints::OLD_PRICE) && self.is_price(place);
                self.struck(old, |line| line.children(place));
                if !node.tag.is_inline() {
                    self.line.space();
                }
            }
        }
    }

    /// Whether a box beside another one has a path.
    fn is_path(&self, place: usize) -> bool {
        let page = self.page;
        let before = page.nodes[place].before.is_some_and(|at| page.nodes[at].tag == Tag::Span);
        before && {
            let text = page.text(place);
            text.len() > 2 && text.starts_with('/') && text[1..].starts_with(char::is_alphanumeric)
        }
    }

    fn is_price(&self, place: usize) -> bool {
        self.page.text(place).contains(|c: char| c.is_ascii_digit())
    }

    fn children(&mut self, place: usize) {
        let before = self.parent;
        self.parent = self.parent_of_children(place);
        if !self.page.nodes[place].tag.is_inline() {
            self.line.space();
        }
        for child in self.page.children(place) {
            self.node(child);
        }
        self.parent = before;
    }

    /// Writes what does not hold any more between its marks.
    fn struck(&mut self, old: bool, write: impl FnOnce(&mut Self)) {
        if !old || self.struck {
            return write(self);
        }
        self.struck = true;
        let begin = self.line.text().len();
        self.line.boundary();
        self.line.push("~~", false);
        let marked = self.line.text().len();
        write(self);
        self.struck = false;
        match self.line.text().len() > marked {
            true => {
                self.line.glue_mark();
                self.line.boundary();
            }
            false => self.line.cut(begin),
        }
    }

    /// Whether a style sheet may set it apart from the element before it.
    fn is_apart(&self, place: usize) -> bool {
        let page = self.page;
        let Some(before) = page.nodes[place].before else { return false };
        let (one, other) = (page.nodes[before].tag, page.nodes[place].tag);
        let presses = |tag: Tag| matches!(tag, Tag::A | Tag::Button | Tag::Control);
        if matches!(other, Tag::Sup | Tag::Sub) || matches!(one, Tag::Sup | Tag::Sub) {
            return false;
        }
        if (presses(one) && presses(other)) || one == Tag::Del || other == Tag::Del {
            return true;
        }
        let has_text = self.parent.place != page.nodes[place].parent || self.parent.has_text;
        let boxes =
            |tag: Tag| matches!(tag, Tag::Span | Tag::A | Tag::Button | Tag::Icon | Tag::Img);
        !has_text && (boxes(one) || boxes(other)) && !self.is_split(before, place)
    }

    /// Whether both are letters of one word, each in an element of its own to be moved about.
    fn is_split(&self, one: usize, other: usize) -> bool {
        let small = |place: usize| {
            let mut letters = self.page.nodes[self.page.within(place)]
                .iter()
                .take(4)
                .flat_map(|node| node.text.chars());
            letters.next().filter(|_| letters.next().is_none())
        };
        matches!((small(one), small(other)), (Some(a), Some(b)) if a.is_alphabetic() && b.is_lowercase())
    }

    fn script(&mut self, place: usize) {
        let page = self.page;
        let text = super::folded(&page.text(place));
        let linked = page.holds(place, |n| n.tag == Tag::A) || page.is_in(place, Tag::A);
        let before = if self.line.last().is_some() { self.line.text() } else { "" };
        let written = match page.nodes[place].tag {
            Tag::Sup => line::superscript(before, &text, self.is_money(place), linked),
            _ => line::subscript(before, &text),
        };
        if !written.is_empty() {
            self.line.glue(&written);
        }
    }

    /// Whether the number that a superscript ends is a price, by what is after it or around it.
    fn is_money(&self, place: usize) -> bool {
        let page = self.page;
        let after = page.nodes[place].end;
        let next = page.nodes.get(after).map(|node| node.text.trim_start()).unwrap_or_default();
        let named =
            ["EUR", "USD", "CHF", "GBP", "euro", "Euro"].iter().any(|c| next.starts_with(c));
        named
            || next.chars().next().is_some_and(line::is_currency)
            || page.ancestors(place).take(3).any(|at| page.nodes[at].hints.any(Hints::PRICE))
    }

    /// The text of an element by itself; what is written so far is left alone.
    pub(super) fn apart(&mut self, place: usize) -> String {
        let line = std::mem::take(&mut self.line);
        let parent = self.parent;
        self.children(place);
        self.parent = parent;
        std::mem::replace(&mut self.line, line).take()
    }

    pub(super) fn is_at_start(&self) -> bool {
        self.line.is_at_start() && !self.line.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.line.is_empty()
    }

    pub(super) fn is_bold(&self) -> bool {
        self.line.is_bold()
    }

    /// The question in bold that the line begins with, and what is behind it.
    pub(super) fn question(&self) -> Option<(String, String)> {
        self.line.question()
    }

    pub(super) fn take(&mut self) -> String {
        self.line.take()
    }

    pub(super) fn clear(&mut self) {
        self.line = Line::default();
    }
}

/// Whether it is a form that puts something into a cart.
pub(super) fn is_of_a_cart(node: &Node) -> bool {
    let has = |name: &str| node.attribute(name).is_some_and(|value| value.contains("cart"));
    node.tag == Tag::Form && (has("action") || has("class"))
}

/// Whether it is a run of a text that was written with Google Docs, by its classes, "c1": what is to be
/// between two of them is in them.
fn is_run_of_docs(class: Option<&str>) -> bool {
    let is_one = |name: &str| {
        let number = name.strip_prefix('c').unwrap_or_default();
        (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut names = class.unwrap_or_default().split_ascii_whitespace().peekable();
    names.peek().is_some() && names.all(is_one)
}

/// Whether a style sheet makes a box of it, by what it is called.
fn is_badge(class: Option<&str>) -> bool {
    const NAMES: &[&str] = &["badge", "pill", "chip", "tag", "label", "ribbon"];
    let mut words = class.unwrap_or_default().split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| NAMES.contains(&word))
}
