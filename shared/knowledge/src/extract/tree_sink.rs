//! Where the HTML parser puts what it reads: nodes in one vector, each with no more of its
//! attributes than extraction looks at.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
};

use html5ever::{
    Attribute, LocalName, QualName, local_name, ns,
    tendril::StrTendril,
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};

use super::{
    attributes::{self, Hints},
    counters,
    tag::Tag,
};

/// A node's place in the vector.
pub(super) type Id = usize;
/// The document itself.
pub(super) const DOCUMENT: Id = 0;

/// A node as it was read.
pub(super) struct Raw {
    pub(super) name: QualName,
    pub(super) tag: Tag,
    pub(super) hints: Hints,
    /// The text of a text node.
    pub(super) text: StrTendril,
    /// Those attributes that extraction looks at.
    pub(super) attributes: Vec<(LocalName, StrTendril)>,
    /// How many nodes it is in.
    depth: usize,
    parent: Option<Id>,
    previous: Option<Id>,
    pub(super) next: Option<Id>,
    pub(super) first: Option<Id>,
    last: Option<Id>,
}

/// The parser's sink.
pub(super) struct Sink {
    nodes: RefCell<Vec<Raw>>,
    elements: Cell<usize>,
    deepest: Cell<usize>,
    calls: Cell<usize>,
}

impl Sink {
    pub(super) fn new() -> Self {
        let nodes = RefCell::default();
        let (elements, deepest, calls) = Default::default();
        let sink = Self { nodes, elements, deepest, calls };
        sink.push(Tag::Document, nameless(), Hints::default(), StrTendril::new());
        sink
    }

    /// How many elements there are so far, and how deep they nest.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.elements.get(), self.deepest.get())
    }

    /// How often the parser had something to put here so far.
    pub(super) fn calls(&self) -> usize {
        self.calls.get()
    }

    fn push(&self, tag: Tag, name: QualName, hints: Hints, text: StrTendril) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Raw {
            name,
            tag,
            hints,
            text,
            attributes: Vec::new(),
            depth: 0,
            parent: None,
            previous: None,
            next: None,
            first: None,
            last: None,
        });
        nodes.len() - 1
    }

    fn text_node(&self, text: StrTendril) -> Id {
        self.push(Tag::Text, nameless(), Hints::default(), text)
    }

    /// Adds to the text node that is there, if one is.
    fn merged(&self, at: Option<Id>, text: &StrTendril) -> bool {
        let mut nodes = self.nodes.borrow_mut();
        match at.map(|id| &mut nodes[id]) {
            Some(node) if node.tag == Tag::Text => {
                node.text.push_tendril(text);
                true
            }
            _ => false,
        }
    }

    fn detach(nodes: &mut [Raw], id: Id) {
        let (parent, previous, next) = (nodes[id].parent, nodes[id].previous, nodes[id].next);
        match (previous, parent) {
            (Some(previous), _) => nodes[previous].next = next,
            (None, Some(parent)) => nodes[parent].first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => nodes[next].previous = previous,
            (None, Some(parent)) => nodes[parent].last = previous,
            (None, None) => {}
        }
        (nodes[id].parent, nodes[id].previous, nodes[id].next) = (None, None, None);
    }

    fn attach(&self, parent: Id, child: Id) {
        let nodes = &mut *self.nodes.borrow_mut();
        Self::detach(nodes, child);
        nodes[child].depth = nodes[parent].depth + 1;
        self.deepest.set(self.deepest.get().max(nodes[child].depth));
        let last = nodes[parent].last.replace(child);
        nodes[child].parent = Some(parent);
        nodes[child].previous = last;
        match last {
            Some(last) => nodes[last].next = Some(child),
            None => nodes[parent].first = Some(child),
        }
    }
}

fn nameless() -> QualName {
    QualName::new(None, ns!(), local_name!(""))
}

/// Attributes that extraction looks at beyond what [`Hints`] says of them.
const KEPT: &[&str] = &[
    "action",
    "alt",
    "aria-controls",
    "aria-expanded",
    "aria-label",
    "aria-labelledby",
    "class",
    "colspan",
    "commandfor",
    "content",
    "data-bs-target",
    "data-cfemail",
    "data-column",
    "data-header",
    "data-label",
    "data-target",
    "data-th",
    "data-title",
    "datetime",
    "for",
    "href",
    "hreflang",
    "http-equiv",
    "id",
    "itemprop",
    "itemscope",
    "itemtype",
    "lang",
    "name",
    "onclick",
    "popovertarget",
    "property",
    "rel",
    "reversed",
    "role",
    "rowspan",
    "src",
    "start",
    "type",
    "value",
];
/// What is longer, in bytes, is a page's own data; addresses of links may be as long as they are.
const LONGEST_VALUE: usize = 2_000;

fn kept(attrs: Vec<Attribute>) -> Vec<(LocalName, StrTendril)> {
    attrs
        .into_iter()
        .filter(|attr| {
            let name = &*attr.name.local;
            (KEPT.contains(&name) || counters::is_kept(name)) && attr.value.len() <= LONGEST_VALUE
        })
        .map(|attr| (attr.name.local, attr.value))
        .collect()
}

/// Whether it says something of the thing that it is in, for machines alone.
fn is_fact(name: &QualName, attrs: &[Attribute]) -> bool {
    matches!(name.local, local_name!("meta") | local_name!("link"))
        && attrs.iter().any(|attr| attr.name.local == local_name!("itemprop"))
}

fn value<'a>(attrs: &'a [Attribute], name: &str) -> Option<&'a str> {
    attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value)
}

fn is_heading(attrs: &[Attribute]) -> bool {
    value(attrs, "role").is_some_and(|role| role.eq_ignore_ascii_case("heading"))
}

/// The level of a heading by its role; the standard has two where nothing is said.
fn level(attrs: &[Attribute]) -> u8 {
    let said = value(attrs, "aria-level").and_then(|level| level.trim().parse().ok());
    said.unwrap_or(2).clamp(1, 6)
}

/// What a box is of a table, by its role.
fn of_table(attrs: &[Attribute]) -> Option<Tag> {
    match value(attrs, "role")?.trim() {
        "table" | "grid" | "treegrid" => Some(Tag::Table),
        "row" => Some(Tag::Row),
        "cell" | "gridcell" => Some(Tag::Cell),
        "columnheader" | "rowheader" => Some(Tag::HeaderCell),
        _ => None,
    }
}

/// Whether a template is the content of the element that it is in.
fn is_shadow_root(name: &QualName, attrs: &[Attribute]) -> bool {
    name.local == local_name!("template")
        && attrs.iter().any(|attr| matches!(&*attr.name.local, "shadowrootmode" | "shadowroot"))
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Vec<Raw>;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Vec<Raw> {
        self.nodes.into_inner()
    }

    // Every page has some, and all are mended the way browsers do.
    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        DOCUMENT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        Ref::map(self.nodes.borrow(), |nodes| &nodes[*target].name)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Id {
        let tag = match Tag::of(&name) {
            Tag::Void if is_shadow_root(&name, &attrs) => Tag::Other,
            Tag::Void if is_fact(&name, &attrs) => Tag::Fact,
            Tag::Other | Tag::P | Tag::Span if is_heading(&attrs) => Tag::H(level(&attrs)),
            tag @ (Tag::Other | Tag::Span | Tag::Custom) => of_table(&attrs).unwrap_or(tag),
            tag => tag,
        };
        let mut hints = attributes::of(tag, &attrs);
        let is_dialog = &*name.local == "dialog";
        if is_dialog {
            hints = hints.union(Hints::AROUND).union(Hints::OVERLAY);
        }
        self.elements.set(self.elements.get() + 1);
        let id = self.push(tag, name, hints, StrTendril::new());
        let mut attributes = kept(attrs);
        if is_dialog {
            attributes.push((LocalName::from("role"), StrTendril::from("dialog")));
        }
        self.nodes.borrow_mut()[id].attributes = attributes;
        id
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.push(Tag::Nothing, nameless(), Hints::default(), StrTendril::new())
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.push(Tag::Nothing, nameless(), Hints::default(), StrTendril::new())
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.calls.set(self.calls.get() + 1);
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let last = self.nodes.borrow()[*parent].last;
                if self.merged(last, &text) {
                    return;
                }
                self.text_node(text)
            }
        };
        self.attach(*parent, child);
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let child = match child {
            NodeOrText::AppendNode(child) => child,
            NodeOrText::AppendText(text) => {
                let previous = self.nodes.borrow()[*sibling].previous;
                if self.merged(previous, &text) {
                    return;
                }
                self.text_node(text)
            }
        };
        let nodes = &mut *self.nodes.borrow_mut();
        Self::detach(nodes, child);
        let (parent, previous) = (nodes[*sibling].parent, nodes[*sibling].previous);
        (nodes[child].parent, nodes[child].previous) = (parent, previous);
        nodes[child].next = Some(*sibling);
        nodes[*sibling].previous = Some(child);
        match (previous, parent) {
            (Some(previous), _) => nodes[previous].next = Some(child),
            (None, Some(parent)) => nodes[parent].first = Some(child),
            (None, None) => {}
        }
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let placed = self.nodes.borrow()[*element].parent.is_some();
        match placed {
            true => self.append_before_sibling(element, child),
            false => self.append(previous, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    // A template shows nothing, so what is in it may as well be its child.
    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    // That a template is such a root is seen when it is made.
    fn allow_declarative_shadow_roots(&self, _: &Id) -> bool {
        false
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Id, attrs: Vec<Attribute>) {
        let node = &mut self.nodes.borrow_mut()[*target];
        node.hints = node.hints.union(attributes::of(node.tag, &attrs));
        let missing: Vec<_> = kept(attrs);
        for (name, value) in missing {
            if node.attributes.iter().all(|(of, _)| *of != name) {
                node.attributes.push((name, value));
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        Self::detach(&mut self.nodes.borrow_mut(), *target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        loop {
            let Some(child) = self.nodes.borrow()[*node].first else { return };
            self.attach(*new_parent, child);
        }
    }
}
