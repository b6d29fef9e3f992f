//! A parsed page as extraction sees it: its nodes in reading order, so that all that is in an
//! element is one range.

use std::ops::Range;

use html5ever::{
    LocalName,
    tendril::{StrTendril, TendrilSink},
    tree_builder::TreeBuilderOpts,
};

use super::{
    ExtractError, MAX_DEPTH, MAX_ELEMENTS,
    attributes::Hints,
    counters,
    head::Head,
    math,
    tag::Tag,
    text_density::Measure,
    tree_sink::{DOCUMENT, Raw, Sink},
};

/// How much of a page is parsed before its size is looked at, in bytes.
const PIECE: usize = 8 * 1024;

/// How many spaces a single tag may have, or a comment.
const MAX_GAPS: usize = 30_000;

/// An element or a piece of text.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) tag: Tag,
    pub(super) hints: Hints,
    /// The place of what it is in.
    pub(super) parent: usize,
    /// The place behind the last node in it.
    pub(super) end: usize,
    /// The element before it in the same element, if only space is between them.
    pub(super) before: Option<usize>,
    /// A text node's text.
    pub(super) text: StrTendril,
    /// How much of it there is.
    pub(super) measure: Measure,
    /// Those of its attributes that extraction looks at.
    attributes: Vec<(LocalName, StrTendril)>,
}

impl Node {
    /// The value of one of the attributes that are kept.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(of, _)| &**of == name).map(|(_, value)| &**value)
    }
}

/// The nodes of a page in reading order; the first is the document itself.
#[derive(Debug)]
pub(super) struct PageTree {
    pub(super) nodes: Vec<Node>,
    pub(super) head: Head,
    /// Up to each node: how much text there is, spaces folded.
    chars: Vec<u32>,
}

/// Elements and texts that a line has at most.
const MAX_OF_LINE: usize = 500;

impl PageTree {
    /// Parses as browsers do.
    pub(super) fn parse(source: &str) -> Result<Self, ExtractError> {
        Self::parse_up_to(source, MAX_ELEMENTS)
    }

    /// Parses what has at most `most` elements.
    pub(super) fn parse_up_to(source: &str, most: usize) -> Result<Self, ExtractError> {
        // A page that needs scripts may have its text for those who have none.
        let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..Default::default() };
        let options = html5ever::ParseOpts { tree_builder, ..Default::default() };
        let mut parser = html5ever::parse_document(Sink::new(), options);
        let mut rest = source;
        let (mut gaps, mut calls) = (0, 0);
        // In pieces: the parser takes quadratic time in the depth and can't be told to stop.
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
            parser.process(StrTendril::from_slice(piece));
            rest = behind;
            let sink = &parser.tokenizer.sink.sink;
            // Within one tag the parser takes quadratic time in its attributes.
            gaps = if sink.calls() > calls { 0 } else { gaps + spaces(piece) };
            calls = sink.calls();
            if gaps > MAX_GAPS {
                return Err(ExtractError::TooManyElements);
            }
            let (elements, depth) = sink.size();
            if elements > most {
                return Err(ExtractError::TooManyElements);
            }
            if depth > MAX_DEPTH {
                return Err(ExtractError::TooDeep);
            }
        }
        let mut raw = parser.finish();
        let nodes = Vec::with_capacity(raw.len());
        let mut page = Self { nodes, head: Head::default(), chars: Vec::new() };
        page.take(&mut raw, DOCUMENT, 0, 0);
        page.measure();
        Ok(page)
    }

    fn measure(&mut self) {
        let mut sum = 0;
        self.chars.reserve(self.nodes.len() + 1);
        for node in &mut self.nodes {
            self.chars.push(sum);
            node.measure = Measure::of(&node.text);
            if matches!(node.tag, Tag::Text | Tag::Math) {
                sum += node.measure.chars;
            }
        }
        self.chars.push(sum);
    }

    fn take(&mut self, raw: &mut [Raw], id: usize, parent: usize, depth: usize) {
        let place = self.nodes.len();
        let Some(node) = raw.get_mut(id) else { return };
        let (tag, hints) = (node.tag, node.hints);
        let text = std::mem::take(&mut node.text);
        let attributes = std::mem::take(&mut node.attributes);
        let mut child = node.first;
        let text = match tag {
            Tag::Icon => title_of(raw, child),
            Tag::Math => StrTendril::from(math::text(raw, id)),
            Tag::Control => choices(raw, child),
            _ => text,
        };
        let measure = Measure::default();
        self.nodes.push(Node {
            tag,
            hints,
            parent,
            end: 0,
            before: None,
            text,
            measure,
            attributes,
        });
        let leaf = matches!(tag, Tag::Control | Tag::Img | Tag::Icon | Tag::Fact | Tag::Math);
        let mut before = None;
        while let Some(id) = child.filter(|_| !leaf) {
            let Some(node) = raw.get(id) else { break };
            child = node.next;
            match node.tag {
                Tag::Nothing => {}
                Tag::Void => self.head.read(raw, id, self.is_in(place, Tag::Noscript)),
                of if depth < MAX_DEPTH => {
                    let at = self.nodes.len();
                    self.take(raw, id, place, depth + 1);
                    self.nodes[at].before = before.filter(|_| of != Tag::Text);
                    let says = of == Tag::Text && !self.nodes[at].text.trim().is_empty();
                    before = if of == Tag::Text { before.filter(|_| !says) } else { Some(at) };
                }
                _ => {}
            }
        }
        self.count_up(place);
        self.nodes[place].end = self.nodes.len();
        match tag {
            Tag::Custom => self.nodes[place].tag = self.custom(place, parent),
            Tag::Span | Tag::Inline if self.is_raised(place) => self.nodes[place].tag = Tag::Sup,
            _ => {}
        }
    }

    /// Has a counter say what it counts up to.
    fn count_up(&mut self, place: usize) {
        let inner = self.nodes.get(place + 1..).unwrap_or_default();
        if self.nodes[place].attributes.is_empty() || inner.len() > 1 {
            return;
        }
        let text = inner.first().map(|text| text.text.clone()).unwrap_or_default();
        let own = &self.nodes[place];
        let shown = counters::shown(&own.attributes, &text).or_else(|| {
            let is_number = counters::is_number_of_box(own.attribute("class"));
            let mut around = self.ancestors(place).take(4).filter(|_| is_number);
            let end = around.find_map(|at| self.nodes[at].attribute(counters::AROUND));
            end.filter(|_| text.trim().is_empty()).map(str::to_owned)
        });
        let Some(shown) = shown else { return };
        let shown = StrTendril::from(shown);
        match self.nodes.get_mut(place + 1) {
            Some(text) => text.text = shown,
            None => self.nodes.push(Node {
                tag: Tag::Text,
                hints: Hints::default(),
                parent: place,
                end: place + 2,
                before: None,
                text: shown,
                measure: Measure::default(),
                attributes: Vec::new(),
            }),
        }
    }

    /// Whether a style sheet raises its number, by what it is called: the cents of a price.
    fn is_raised(&self, place: usize) -> bool {
        const NAMES: &[&str] =
            &["sup", "superscript", "cents", "cent", "decimals", "decimal", "fraction"];
        let Some(class) = self.nodes[place].attribute("class") else { return false };
        let mut words = class.split(|c: char| !c.is_ascii_alphanumeric());
        let named = words.any(|word| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)));
        named && {
            let text = self.text(place);
            (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        }
    }

    /// What an element of the page's own making is like, by where it is and what is in it.
    fn custom(&self, place: usize, parent: usize) -> Tag {
        let parent = self.nodes[parent].tag;
        let in_line = parent.is_inline()
            || matches!(parent, Tag::P | Tag::Li | Tag::H(_) | Tag::Dt | Tag::Dd | Tag::Summary)
            || parent.is_cell();
        match in_line && !self.holds(place, |node| !node.tag.is_inline()) {
            true => Tag::Span,
            false => Tag::Other,
        }
    }

    /// All that is in the node, itself included.
    pub(super) fn within(&self, place: usize) -> Range<usize> {
        place..self.nodes[place].end
    }

    /// The places of its children.
    pub(super) fn children(&self, place: usize) -> impl Iterator<Item = usize> {
        self.beside(place + 1, self.nodes[place].end)
    }

    /// The places of what comes after it in the same element.
    pub(super) fn siblings_after(&self, place: usize) -> impl Iterator<Item = usize> {
        let node = &self.nodes[place];
        self.beside(node.end, self.nodes[node.parent].end)
    }

    fn beside(&self, mut next: usize, end: usize) -> impl Iterator<Item = usize> {
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.nodes[child].end;
            Some(child)
        })
    }

    /// What it is in, from the inside outwards, without the document.
    pub(super) fn ancestors(&self, place: usize) -> impl Iterator<Item = usize> {
        let mut at = place;
        std::iter::from_fn(move || {
            at = self.nodes[at].parent;
            (at > 0).then_some(at)
        })
    }

    /// Whether it is such an element or in one.
    pub(super) fn is_in(&self, place: usize, tag: Tag) -> bool {
        self.nodes[place].tag == tag
            || self.ancestors(place).any(|above| self.nodes[above].tag == tag)
    }

    /// Whether it is in a heading.
    pub(super) fn is_in_heading(&self, place: usize) -> bool {
        self.ancestors(place).any(|above| matches!(self.nodes[above].tag, Tag::H(_)))
    }

    /// Whether such an element is in it.
    pub(super) fn holds(&self, place: usize, is: impl Fn(&Node) -> bool) -> bool {
        self.nodes[self.within(place)].iter().skip(1).any(is)
    }

    /// Its text, spaces folded.
    pub(super) fn text(&self, place: usize) -> String {
        let mut text = String::new();
        for node in &self.nodes[self.within(place)] {
            match node.tag {
                Tag::Text | Tag::Math => text.push_str(&node.text),
                tag if !tag.is_inline() || tag == Tag::Br => text.push(' '),
                _ => {}
            }
        }
        super::folded(&text)
    }

    /// The same if it is no longer than this, in characters, and made of no more than a line is: what is read once
    /// for each of many must not be a page.
    pub(super) fn text_up_to(&self, place: usize, longest: u32) -> Option<String> {
        let is_short = self.within(place).len() <= MAX_OF_LINE && self.chars(place) <= longest;
        is_short.then(|| self.text(place))
    }

    /// About how long its text is, in characters: those are counted that show nothing.
    pub(super) fn chars(&self, place: usize) -> u32 {
        let upto = |at: usize| self.chars.get(at).copied().unwrap_or_default();
        upto(self.nodes[place].end).saturating_sub(upto(place))
    }

    /// Whether it has text that shows.
    pub(super) fn says(&self, place: usize) -> bool {
        const SURELY: u32 = 200;
        match self.chars(place) {
            0 => false,
            1..SURELY => !self.text(place).is_empty(),
            _ => true,
        }
    }

    /// The first element of this kind.
    pub(super) fn first(&self, tag: Tag) -> Option<usize> {
        self.nodes.iter().position(|node| node.tag == tag)
    }
}

/// The title of a drawing, which is among its first children.
fn title_of(raw: &[Raw], first: Option<usize>) -> StrTendril {
    let mut child = first;
    for _ in 0..4 {
        let Some(node) = child.and_then(|id| raw.get(id)) else { break };
        if &*node.name.local == "title" {
            let text = node.first.and_then(|id| raw.get(id));
            return text.map(|node| node.text.clone()).unwrap_or_default();
        }
        child = node.next;
    }
    StrTendril::new()
}

/// What can be chosen, without what only asks to choose.
fn choices(raw: &[Raw], first: Option<usize>) -> StrTendril {
    const MAX_CHOICES: usize = 40;
    const MAX_TEXT: usize = 600;
    let mut said: Vec<&str> = Vec::new();
    let mut next = first;
    while let Some(node) = next.and_then(|id| raw.get(id)).filter(|_| said.len() < MAX_CHOICES) {
        let value = node.attributes.iter().find(|(name, _)| &**name == "value");
        let asks = value.is_some_and(|(_, value)| value.trim().is_empty());
        let text = node.first.and_then(|id| raw.get(id)).map(|node| node.text.trim());
        if &*node.name.local == "option" && !asks {
            said.extend(text.filter(|text| !text.is_empty()));
        }
        next = node.next;
    }
    let said = said.join(", ");
    StrTendril::from_slice(if said.len() <= MAX_TEXT { &said } else { "" })
}

fn spaces(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_whitespace).count()
}
