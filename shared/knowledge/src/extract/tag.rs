//! What kinds of elements extraction tells apart.

use html5ever::{QualName, ns};

/// What a node is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Document,
    Text,
    /// A comment and the like.
    Nothing,
    /// A script, a style, a film: what holds no text to read.
    Void,
    /// To fill in.
    Control,
    A,
    Address,
    Article,
    Aside,
    Base,
    Blockquote,
    Body,
    Br,
    Button,
    Caption,
    /// An element of the page's own making; by its standard it stays within a line.
    Custom,
    Cell,
    /// A cell that names a row or a column.
    HeaderCell,
    Code,
    /// A term of a definition list.
    Dt,
    /// What a term is.
    Dd,
    /// Text that doesn't hold any more.
    Del,
    Details,
    /// A `meta` or `link` element with a property of the thing that it is in.
    Fact,
    Figure,
    Footer,
    Form,
    H(u8),
    Head,
    Header,
    Hr,
    Html,
    /// A drawing, which may be named.
    Icon,
    Img,
    /// What stays within a line and formats it.
    Inline,
    Li,
    List,
    DefinitionList,
    OrderedList,
    Main,
    /// A formula.
    Math,
    Nav,
    Noscript,
    P,
    Pre,
    Row,
    Section,
    /// What stays within a line and may be a box of its own.
    Span,
    Strong,
    Sub,
    Summary,
    Sup,
    Table,
    Thead,
    Title,
    /// Any other that begins a line of its own.
    Other,
}

/// Elements that begin lines of their own and mean nothing else here.
const BOXES: &[&str] = &[
    "div",
    "center",
    "dir",
    "fieldset",
    "legend",
    "hgroup",
    "search",
    "tbody",
    "tfoot",
    "colgroup",
    "col",
    "frame",
    "address",
    "marquee",
    "plaintext",
    "isindex",
];

impl Tag {
    pub(super) fn of(name: &QualName) -> Self {
        if name.ns != ns!(html) {
            return match &*name.local {
                "svg" => Self::Icon,
                "math" => Self::Math,
                _ => Self::Void,
            };
        }
        match &*name.local {
            "a" => Self::A,
            "address" => Self::Address,
            "article" => Self::Article,
            "aside" => Self::Aside,
            "base" => Self::Base,
            "blockquote" => Self::Blockquote,
            "body" => Self::Body,
            "br" => Self::Br,
            "button" => Self::Button,
            "caption" => Self::Caption,
            "td" => Self::Cell,
            "th" => Self::HeaderCell,
            "code" | "kbd" | "samp" | "tt" => Self::Code,
            "dt" => Self::Dt,
            "dd" => Self::Dd,
            "dl" => Self::DefinitionList,
            "del" | "s" | "strike" => Self::Del,
            "details" => Self::Details,
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
            "hr" => Self::Hr,
            "html" => Self::Html,
            "img" => Self::Img,
            "li" => Self::Li,
            "ul" => Self::List,
            "ol" => Self::OrderedList,
            "main" => Self::Main,
            "nav" | "menu" => Self::Nav,
            "noscript" => Self::Noscript,
            "p" => Self::P,
            "pre" | "listing" | "xmp" => Self::Pre,
            "section" => Self::Section,
            "strong" | "b" => Self::Strong,
            "sub" => Self::Sub,
            "summary" => Self::Summary,
            "sup" => Self::Sup,
            "table" => Self::Table,
            "thead" => Self::Thead,
            "title" => Self::Title,
            "tr" => Self::Row,
            "span" | "label" | "time" | "data" | "picture" | "slot" => Self::Span,
            "abbr" | "acronym" | "bdi" | "bdo" | "big" | "cite" | "dfn" | "em" | "font" | "i"
            | "ins" | "mark" | "nobr" | "q" | "rb" | "ruby" | "small" | "u" | "var" | "wbr" => {
                Self::Inline
            }
            "script" | "style" | "template" | "math" | "iframe" | "object" | "embed" | "applet"
            | "canvas" | "audio" | "video" | "map" | "link" | "meta" | "frameset" | "noframes"
            | "noembed" | "rp" | "rt" => Self::Void,
            "select" | "textarea" | "input" | "option" | "optgroup" | "datalist" | "progress"
            | "meter" | "output" => Self::Control,
            name if BOXES.contains(&name) => Self::Other,
            // Whatever a browser doesn't know stays in the line.
            _ => Self::Custom,
        }
    }

    /// Whether it stays within a line of text.
    pub(super) fn is_inline(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Inline
                | Self::Span
                | Self::Strong
                | Self::Sub
                | Self::Sup
                | Self::Del
                | Self::A
                | Self::Br
                | Self::Button
                | Self::Code
                | Self::Control
                | Self::Icon
                | Self::Img
                | Self::Math
                | Self::Fact
                | Self::Nothing
        )
    }

    /// Whether it is a list whose items are `li`.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::List | Self::OrderedList)
    }

    /// Whether it is a cell of a table.
    pub(super) fn is_cell(self) -> bool {
        matches!(self, Self::Cell | Self::HeaderCell)
    }
}
