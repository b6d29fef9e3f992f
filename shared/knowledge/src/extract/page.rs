//! A parsed page as extraction sees it: its nodes in reading order, so that all that is in an
//! element is one range.

use std::ops::Range;

use html5ever::{
    QualName, ns,
    tendril::{StrTendril, TendrilSink},
    tree_builder::TreeBuilderOpts,
};

use super::{
    ExtractError, MAX_DEPTH, MAX_ELEMENTS,
    hints::Hints,
    sink::{DOCUMENT, Raw, Sink},
};

/// How much of a page is parsed before its size is looked at, in bytes.
const PIECE: usize = 8 * 1024;

/// How many spaces a single tag may have, or a comment.
const MAX_GAPS: usize = 30_000;

/// What a node is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Document,
    Text,
    /// A comment and the like.
    Nothing,
    /// A script, a style, a picture: what holds no text to read.
    Void,
    /// To fill in.
    Control,
    A,
    Article,
    Aside,
    Base,
    Blockquote,
    Body,
    Br,
    Button,
    /// `td` and `th`.
    Cell,
    Code,
    Figure,
    Footer,
    Form,
    H(u8),
    Head,
    Header,
    /// What stays within a line.
    Inline,
    Li,
    List,
    Main,
    Nav,
    Noscript,
    P,
    Pre,
    Row,
    Table,
    Title,
    /// Any other that begins a line of its own.
    Other,
}

impl Tag {
    pub(super) fn of(name: &QualName) -> Self {
        if name.ns != ns!(html) {
            return Self::Void;
        }
        match &*name.local {
            "a" => Self::A,
            "article" => Self::Article,
            "aside" => Self::Aside,
            "base" => Self::Base,
            "blockquote" => Self::Blockquote,
            "body" => Self::Body,
            "br" => Self::Br,
            "button" => Self::Button,
            "td" | "th" => Self::Cell,
            "code" => Self::Code,
            "figure" | "figcaption" => Self::Figure,
            "footer" => Self::Footer,
            "form" => Self::Form,
            "h1" => Self::H(1),
            "h2" => Self::H(2),
            "h3" => Self::H(3),
            "h4" => Self::H(4),
            "h5" => Self::H(5),
            "h6" => Self::H(6),
            "head" => Self::Head,
            "header" => Self::Header,
            "li" => Self::Li,
            "ul" | "ol" | "dl" => Self::List,
            "main" => Self::Main,
            "nav" | "menu" => Self::Nav,
            "noscript" => Self::Noscript,
            "p" => Self::P,
            "pre" => Self::Pre,
            "tr" => Self::Row,
            "table" => Self::Table,
            "title" => Self::Title,
            "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "del" | "dfn" | "em"
            | "font" | "i" | "ins" | "kbd" | "label" | "mark" | "nobr" | "q" | "rb" | "ruby"
            | "s" | "samp" | "small" | "span" | "strike" | "strong" | "sub" | "sup" | "time"
            | "tt" | "u" | "var" | "wbr" | "data" => Self::Inline,
            "script" | "style" | "template" | "svg" | "math" | "iframe" | "object" | "embed"
            | "applet" | "canvas" | "audio" | "video" | "map" | "picture" | "img" | "link"
            | "meta" | "frameset" | "noframes" | "noembed" | "rp" | "rt" => Self::Void,
            "select" | "textarea" | "input" | "option" | "optgroup" | "datalist" | "dialog"
            | "progress" | "meter" | "output" => Self::Control,
            _ => Self::Other,
        }
    }

    /// Whether it stays within a line of text.
    pub(super) fn is_inline(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Inline
                | Self::A
                | Self::Br
                | Self::Button
                | Self::Code
                | Self::Nothing
        )
    }
}

/// An element or a piece of text.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) tag: Tag,
    pub(super) hints: Hints,
    /// The place of what it is in.
    pub(super) parent: usize,
    /// The place behind the last node in it.
    pub(super) end: usize,
    /// A text node's text; where a link leads.
    pub(super) text: StrTendril,
}

/// The nodes of a page in reading order; the first is the document itself.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) nodes: Vec<Node>,
}

impl Page {
    /// Parses as browsers do.
    pub(super) fn parse(source: &str) -> Result<Self, ExtractError> {
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
            if elements > MAX_ELEMENTS {
                return Err(ExtractError::TooManyElements);
            }
            if depth > MAX_DEPTH {
                return Err(ExtractError::TooDeep);
            }
        }
        let mut raw = parser.finish();
        let mut page = Self { nodes: Vec::with_capacity(raw.len()) };
        page.take(&mut raw, DOCUMENT, 0, 0);
        Ok(page)
    }

    fn take(&mut self, raw: &mut [Raw], id: usize, parent: usize, depth: usize) {
        let place = self.nodes.len();
        let Some(node) = raw.get_mut(id) else { return };
        let (tag, hints) = (node.tag, node.hints);
        let text = std::mem::take(&mut node.text);
        let mut child = node.first;
        self.nodes.push(Node { tag, hints, parent, end: 0, text });
        while let Some(id) = child {
            let Some(node) = raw.get(id) else { break };
            child = node.next;
            let empty = matches!(node.tag, Tag::Nothing | Tag::Void | Tag::Control);
            if !empty && depth < MAX_DEPTH {
                self.take(raw, id, place, depth + 1);
            }
        }
        self.nodes[place].end = self.nodes.len();
    }

    /// All that is in the node, itself included.
    pub(super) fn within(&self, place: usize) -> Range<usize> {
        place..self.nodes[place].end
    }

    /// The places of its children.
    pub(super) fn children(&self, place: usize) -> impl Iterator<Item = usize> {
        self.beside(place + 1, self.nodes[place].end)
    }

    /// The places of what follows it in the same element.
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

    /// Its text, spaces folded.
    pub(super) fn text(&self, place: usize) -> String {
        let mut text = String::new();
        for node in &self.nodes[self.within(place)] {
            match node.tag {
                Tag::Text => text.push_str(&node.text),
                tag if !tag.is_inline() || tag == Tag::Br => text.push(' '),
                _ => {}
            }
        }
        super::folded(&text)
    }

    /// The first element of this kind.
    pub(super) fn first(&self, tag: Tag) -> Option<usize> {
        self.nodes.iter().position(|node| node.tag == tag)
    }
}

fn spaces(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_whitespace).count()
}
