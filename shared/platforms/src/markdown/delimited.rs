//! Markup by delimiters around words, which ends with its line: Slack's mrkdwn, Discord's Markdown, WhatsApp's.

use std::{borrow::Cow, ops::Range};

use super::{
    document::{Conventions, Document, Style},
    markup::Markup,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimited {
    Slack,
    Discord,
    Whatsapp,
}

const FENCE: &str = "```";

impl Markup for Delimited {
    fn conventions(&self) -> Conventions {
        let bullet = if *self == Self::Slack { "• " } else { "- " };
        let writes_links = *self == Self::Whatsapp;
        Conventions { bullet, writes_links, has_columns: true, max_link: self.limit() / 4 }
    }

    fn limit(&self) -> usize {
        match self {
            Self::Slack => 4_000,
            Self::Discord => 2_000,
            Self::Whatsapp => 4_096,
        }
    }

    fn ends_with_fence(&self, markup: &str) -> bool {
        markup.ends_with(FENCE)
    }

    fn write(&self, document: &Document, range: Range<usize>) -> String {
        let mut page = Page { of: *self, out: String::new(), fence: None, is_line_start: true };
        let stretches = document.stretches(range);
        for (nth, (part, style)) in stretches.iter().enumerate() {
            let next = stretches.get(nth + 1).and_then(|(part, _)| part.chars().next());
            let mut lines = part.split('\n').peekable();
            while let Some(line) = lines.next() {
                let is_last = lines.peek().is_none();
                page.write(line, *style, next.filter(|_| is_last));
                if !is_last {
                    page.end_line();
                }
            }
        }
        page.finish()
    }
}

struct Page<'a> {
    of: Delimited,
    out: String,
    /// The language of the open fence.
    fence: Option<&'a str>,
    is_line_start: bool,
}

impl<'a> Page<'a> {
    fn end_line(&mut self) {
        self.out.push('\n');
        self.is_line_start = true;
    }

    /// One line's part of one style, and the character behind it.
    fn write(&mut self, text: &str, style: Style<'a>, next: Option<char>) {
        if self.fence != style.pre {
            self.change_fence(style.pre);
        }
        if style.pre.is_some() {
            // Backticks of the code's own don't end the fence.
            let code = self.of.code(text);
            self.out.push_str(&unfenced(&code));
            self.is_line_start = false;
            return;
        }
        if text.is_empty() {
            return;
        }
        if self.is_line_start {
            if style.quote {
                self.out.push_str("> ");
            }
            if let (Delimited::Discord, Some(level)) = (self.of, style.heading) {
                self.out.push_str(["# ", "## ", "### "].get(usize::from(level) - 1).unwrap_or(&""));
            }
        }
        if style.marker {
            self.out.push_str(text);
        } else {
            self.words(text, style, next);
        }
        self.is_line_start = false;
    }

    fn change_fence(&mut self, to: Option<&'a str>) {
        if self.fence.is_some() {
            if !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            self.out.push_str(FENCE);
            // Text behind the fence, on its line, would be part of it.
            if to.is_some() {
                self.out.push('\n');
            }
        }
        if let Some(language) = to {
            if !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            self.out.push_str(FENCE);
            if self.of == Delimited::Discord {
                self.out.push_str(language);
            }
            self.out.push('\n');
        }
        self.fence = to;
    }

    /// Words in their delimiters; blanks stay outside, where delimiters want them.
    fn words(&mut self, text: &str, style: Style<'a>, next: Option<char>) {
        let inner = text.trim();
        let (before, after) = match text.split_once(inner) {
            Some(ends) if !inner.is_empty() => ends,
            _ => (text, ""),
        };
        self.out.push_str(before);
        if inner.is_empty() {
            return;
        }
        // An end before a letter is none either.
        let may_close = self.of == Delimited::Discord
            || !after.is_empty()
            || next.is_none_or(|c| !c.is_alphanumeric());
        let is_code = style.code && !inner.contains('`');
        let mut delimiters: Vec<&str> = Vec::new();
        let is_bold = style.bold || self.is_bold_heading(&style);
        let [bold, italic, strike] = match self.of {
            Delimited::Discord => ["**", "*", "~~"],
            Delimited::Slack | Delimited::Whatsapp => ["*", "_", "~"],
        };
        for (is_on, delimiter) in [(is_bold, bold), (style.italic, italic), (style.strike, strike)]
        {
            if is_on && self.may_open(delimiter) && may_close {
                delimiters.push(delimiter);
            }
        }
        if is_code && self.may_open("`") && may_close {
            delimiters.push("`");
        }
        delimiters.iter().for_each(|delimiter| self.out.push_str(delimiter));
        let is_line_start = self.is_line_start && before.is_empty() && delimiters.is_empty();
        let shown = match is_code && delimiters.last() == Some(&"`") {
            true => self.of.code(inner),
            false => self.of.escaped(inner, is_line_start),
        };
        match style.link {
            Some(url) => self.out.push_str(&self.of.link(url, inner, &shown)),
            None => self.out.push_str(&shown),
        }
        delimiters.iter().rev().for_each(|delimiter| self.out.push_str(delimiter));
        self.out.push_str(after);
    }

    fn is_bold_heading(&self, style: &Style<'_>) -> bool {
        style.heading.is_some_and(|level| self.of != Delimited::Discord || level > 3)
    }

    /// A delimiter behind a letter or behind another's end is not one.
    fn may_open(&self, delimiter: &str) -> bool {
        let before = self.out.chars().next_back();
        let is_free = before.is_none_or(|c| !c.is_alphanumeric() && !"*_~`".contains(c));
        is_free
            || (self.of == Delimited::Discord
                && delimiter != "`"
                && before.is_some_and(char::is_alphanumeric))
    }

    fn finish(mut self) -> String {
        if self.fence.is_some() {
            self.change_fence(None);
        }
        self.out
    }
}

impl Delimited {
    fn code<'t>(self, text: &'t str) -> Cow<'t, str> {
        match self {
            Self::Slack => slack(text).into(),
            Self::Discord | Self::Whatsapp => text.into(),
        }
    }

    fn escaped<'t>(self, text: &'t str, is_line_start: bool) -> Cow<'t, str> {
        match self {
            Self::Slack => unfenced(&slack(text)).into(),
            Self::Discord => discord(text, is_line_start).into(),
            Self::Whatsapp => unfenced(text).into(),
        }
    }

    fn link(self, url: &str, label: &str, shown: &str) -> String {
        match self {
            Self::Slack => format!("<{}|{}>", slack(&encoded(url, "<>|")), shown.replace('|', "¦")),
            Self::Discord if label == url => url.to_owned(),
            Self::Discord => format!("[{shown}]({})", encoded(url, "()<>")),
            Self::Whatsapp => shown.to_owned(),
        }
    }
}

/// Backticks of the text's own neither begin nor end a fence.
fn unfenced(text: &str) -> String {
    text.replace(FENCE, "``\u{200b}`")
}

/// `&`, `<` and `>` are all that Slack wants escaped, so that text can't form `<!channel>`.
fn slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Discord's Markdown, with a backslash before all that could be markup, but not in the middle of a bare address.
fn discord(text: &str, is_line_start: bool) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for (nth, word) in text.split(' ').enumerate() {
        if nth > 0 {
            escaped.push(' ');
        }
        let is_first = nth == 0 && is_line_start;
        if word.starts_with("http://") || word.starts_with("https://") {
            escaped.push_str(word);
            continue;
        }
        let number = word.trim_end_matches(['.', ')']);
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        for (at, c) in word.char_indices() {
            let is_special = "\\*_~`|[]<>".contains(c)
                || (is_first && at == 0 && "#-+".contains(c))
                || (is_first && is_number && at == number.len());
            if is_special {
                escaped.push('\\');
            }
            escaped.push(c);
        }
    }
    escaped
}

/// An address with these characters as percent signs and digits.
fn encoded(url: &str, characters: &str) -> String {
    let mut encoded = String::with_capacity(url.len());
    for c in url.chars() {
        match u8::try_from(c) {
            Ok(byte) if characters.contains(c) => encoded.push_str(&format!("%{byte:02X}")),
            _ => encoded.push(c),
        }
    }
    encoded
}
