//! Markdown read into a text and marks on it.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{
    document::{Conventions, Document, Mark, MarkKind},
    table::Table,
};

impl Document {
    /// A text without marks.
    pub(super) fn verbatim(text: &str) -> Self {
        let mut reader = Reader::new(PLAIN);
        reader.push(&text.replace("\r\n", "\n"));
        reader.finish()
    }

    pub(super) fn read(markdown: &str, conventions: Conventions) -> Self {
        let options =
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut reader = Reader::new(conventions);
        for event in Parser::new_ext(markdown, options) {
            reader.event(event);
        }
        reader.finish()
    }
}

const PLAIN: Conventions =
    Conventions { bullet: "", writes_links: false, has_columns: false, max_link: 0 };

struct Reader {
    conventions: Conventions,
    document: Document,
    /// Where each open mark begins.
    open: Vec<(usize, MarkKind)>,
    /// The next number of each open list, innermost last; none for bullets.
    lists: Vec<Option<u64>>,
    /// Whether an item has begun and has no text yet.
    is_after_marker: bool,
    table: Option<Table>,
}

impl Reader {
    fn new(conventions: Conventions) -> Self {
        Self {
            conventions,
            document: Document::default(),
            open: Vec::new(),
            lists: Vec::new(),
            is_after_marker: false,
            table: None,
        }
    }

    /// Text, without control characters other than tabs and line ends.
    fn push(&mut self, text: &str) {
        let shown = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        match &mut self.table {
            Some(table) => table.push(&shown.collect::<String>()),
            None => self.document.text.extend(shown),
        }
        self.is_after_marker &= text.is_empty();
    }

    /// Begins a block with this many line ends before it.
    fn block(&mut self, lines: usize) {
        let text = &mut self.document.text;
        if self.is_after_marker || text.is_empty() || self.table.is_some() {
            return;
        }
        let lines = if self.lists.is_empty() { lines } else { 1 };
        let there = text.len() - text.trim_end_matches('\n').len();
        (there..lines).for_each(|_| text.push('\n'));
    }

    fn begin(&mut self, kind: MarkKind) {
        self.open.push((self.document.text.len(), kind));
    }

    /// Ends the innermost open mark; line ends behind its text are not in it.
    fn end(&mut self) {
        let Some((start, kind)) = self.open.pop() else { return };
        let text = &self.document.text;
        let end = text.trim_end_matches('\n').len().max(start);
        if start < end && self.table.is_none() {
            self.document.marks.push(Mark { range: start..end, kind });
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.stop(tag),
            Event::Text(text) => self.push(&text),
            Event::Code(code) => {
                self.begin(MarkKind::Code);
                self.push(&code);
                self.end();
            }
            Event::InlineHtml(html) if is_line_break(&html) => self.push("\n"),
            Event::Html(html) | Event::InlineHtml(html) => self.push(&html),
            // A line of an item is not to be taken for an item.
            Event::SoftBreak if self.lists.is_empty() && self.table.is_none() => self.push("\n"),
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.push("\n"),
            Event::Rule => {
                self.block(2);
                self.push("———");
            }
            Event::TaskListMarker(is_done) => self.push(if is_done { "☑ " } else { "☐ " }),
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.block(2),
            Tag::Heading { level, .. } => {
                self.block(2);
                self.begin(MarkKind::Heading(number(level)));
            }
            Tag::BlockQuote(_) => {
                self.block(2);
                self.begin(MarkKind::Quote);
            }
            Tag::CodeBlock(kind) => {
                // Fences stand on lines of their own, behind a marker too.
                self.is_after_marker = false;
                self.block(2);
                self.begin(MarkKind::Pre(language(&kind)));
            }
            Tag::List(first) => {
                let lines = if self.lists.is_empty() { 2 } else { 1 };
                self.is_after_marker = false;
                self.block(lines);
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.begin(MarkKind::Italic),
            Tag::Strong => self.begin(MarkKind::Bold),
            Tag::Strikethrough => self.begin(MarkKind::Strike),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.begin(MarkKind::Link(dest_url.to_string()));
            }
            Tag::Table(_) => {
                self.is_after_marker = false;
                self.block(2);
                self.table = Some(Table::default());
            }
            _ => {}
        }
    }

    fn stop(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough => self.end(),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::List(_) => {
                self.lists.pop();
                self.is_after_marker = false;
            }
            TagEnd::Item => self.is_after_marker = false,
            TagEnd::TableCell => self.table.iter_mut().for_each(Table::end_cell),
            TagEnd::TableHead | TagEnd::TableRow => self.table.iter_mut().for_each(Table::end_row),
            TagEnd::Table => self.end_table(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.is_after_marker = false;
        self.block(1);
        let depth = self.lists.len().saturating_sub(1);
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => self.conventions.bullet.to_owned(),
        };
        self.begin(MarkKind::Marker);
        self.push(&format!("{}{marker}", "  ".repeat(depth.min(8))));
        self.end();
        self.is_after_marker = true;
    }

    /// Only the web and mail are linked to: whatever else a model wrote (`tg://user?id=1`) is its label alone.
    fn end_link(&mut self) {
        let Some((start, MarkKind::Link(url))) = self.open.last() else { return };
        let (start, url) = (*start, url.clone());
        let is_known = ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)));
        let is_url = is_known && !url.chars().any(|c| c.is_control() || c.is_whitespace());
        let label = self.document.text.get(start..).unwrap_or_default().to_owned();
        if label.is_empty() && self.table.is_none() && is_url {
            self.push(&url);
        }
        let shown = label.is_empty() || label == url || url.strip_prefix("mailto:") == Some(&label);
        if !is_url || url.len() > self.conventions.max_link {
            self.open.pop();
        } else if self.conventions.writes_links {
            self.open.pop();
            if !shown {
                self.push(&format!(" ({url})"));
            }
        } else {
            self.end();
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        if self.conventions.has_columns {
            self.begin(MarkKind::Pre(String::new()));
            self.push(&table.columns());
            self.end();
        } else {
            self.push(&table.rows());
        }
    }

    fn finish(mut self) -> Document {
        while !self.open.is_empty() {
            self.end();
        }
        let end = self.document.text.trim_end().len();
        self.document.text.truncate(end);
        for mark in &mut self.document.marks {
            mark.range.end = mark.range.end.min(end);
        }
        self.document.marks.retain(|mark| mark.range.start < mark.range.end);
        self.document
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// A fence's language, if it is one word as languages are.
fn language(kind: &CodeBlockKind<'_>) -> String {
    let CodeBlockKind::Fenced(info) = kind else { return String::new() };
    let word = info.split([' ', ',', '\t']).next().unwrap_or_default();
    let is_language =
        word.len() <= 20 && word.chars().all(|c| c.is_ascii_alphanumeric() || "+-#_.".contains(c));
    if is_language { word.to_owned() } else { String::new() }
}

fn is_line_break(html: &str) -> bool {
    let tag = html.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    tag.is_some_and(|tag| tag.trim_end_matches(['/', ' ']).eq_ignore_ascii_case("br"))
}
