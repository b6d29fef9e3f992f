//! The lines of a passage, and what each is.

use super::sentences::sentences;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Prose,
    Item,
    /// A row, a heading, a line of code: what ends without a stop.
    Line,
}

#[derive(Debug, Clone)]
pub(super) struct Line {
    pub text: String,
    pub kind: Kind,
}

/// The lines of a passage. Lines that were wrapped by hand are put together.
pub(super) fn lines(content: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut last_written = 0;
    for written in content.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        let kind = kind(written);
        let is_wrapped = |last: &Line| {
            last.kind != Kind::Item
                && kind != Kind::Item
                && last_written >= 30
                && !ends(&last.text)
                && !last.text.contains(" | ")
                && !written.contains(" | ")
                && written.starts_with(|c: char| c.is_lowercase() || c.is_numeric() || c == '(')
        };
        last_written = match lines.last_mut().filter(|last| is_wrapped(last)) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(written.trim_start());
                last.kind = self::kind(&last.text);
                written.chars().count()
            }
            None => {
                lines.push(Line { text: written.to_owned(), kind });
                written.chars().count()
            }
        };
    }
    lines
}

pub(super) fn kind(line: &str) -> Kind {
    if marker(line.trim_start()) {
        Kind::Item
    } else if ends(line) || line.chars().count() > 160 {
        Kind::Prose
    } else {
        Kind::Line
    }
}

/// Whether a line begins as an item of a list does.
pub(super) fn marker(line: &str) -> bool {
    if line.starts_with(['-', '*', '•', '–', '·', '◦', '▪', '‣']) {
        return line.chars().nth(1).is_some_and(char::is_whitespace);
    }
    let number = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(0);
    let rest = &line[number..];
    let counted = line[..number].chars().all(|c| c.is_ascii_digit()) || number == 1;
    (1..=3).contains(&number)
        && counted
        && rest.starts_with(['.', ')'])
        && rest[1..].starts_with(' ')
}

/// Whether a text ends as a sentence does.
fn ends(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', ' ']);
    text.ends_with(['.', '!', '?', ':', ';', '。', '！', '？', '：', '؟', '।', '…', '۔'])
}

/// The sentences of a line of prose; another line as it is.
pub(super) fn parts(line: &Line) -> Box<dyn Iterator<Item = &str> + '_> {
    match line.kind {
        Kind::Prose => Box::new(sentences(&line.text).into_iter()),
        Kind::Item | Kind::Line => Box::new(std::iter::once(line.text.trim())),
    }
}
