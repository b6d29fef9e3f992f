//! Code, to the letter, without the numbers of its lines.

use super::{page::PageTree, tag::Tag};

/// What is kept of a piece of code, to the letter.
pub(super) fn code(page: &PageTree, gone: &[bool], place: usize) -> String {
    let mut text = String::new();
    let mut at = place;
    let mut ends: Vec<usize> = Vec::new();
    let line_break = |text: &mut String| {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    };
    while at < page.nodes[place].end {
        while ends.last().is_some_and(|end| *end <= at) {
            ends.pop();
            line_break(&mut text);
        }
        let node = &page.nodes[at];
        if gone[at] || is_line_number(page, at) {
            at = node.end;
            continue;
        }
        match node.tag {
            Tag::Text => text.push_str(&node.text),
            Tag::Br => text.push('\n'),
            tag if !tag.is_inline() && at > place => {
                line_break(&mut text);
                ends.push(node.end);
            }
            _ => {}
        }
        at += 1;
    }
    text
}

/// Whether an element in code is called the number of its line.
fn is_line_number(page: &PageTree, place: usize) -> bool {
    const NAMES: &[&str] =
        &["lineno", "linenos", "line-number", "line-numbers", "linenumber", "ln"];
    let node = &page.nodes[place];
    let named = node
        .attribute("class")
        .is_some_and(|class| class.split_ascii_whitespace().any(|name| NAMES.contains(&name)));
    named && is_numbering(&page.text(place))
}

/// Whether a text is line numbers and nothing else.
pub(super) fn is_numbering(text: &str) -> bool {
    let mut lines = text.split_whitespace().map(str::parse::<u32>);
    let Some(Ok(mut last)) = lines.next() else { return false };
    lines.all(|number| {
        let before = std::mem::replace(&mut last, number.unwrap_or(0));
        last == before + 1
    })
}

/// Whether a line, in lower case, is the bar above a piece of code: the language or the file, and what
/// copies it.
pub(super) fn is_bar(line: &str) -> bool {
    const COPIES: &[&str] = &["copy code", "copy to clipboard", "copied!", "copy"];
    const LANGUAGES: &[&str] = &[
        "bash",
        "c",
        "c#",
        "c++",
        "console",
        "css",
        "dockerfile",
        "go",
        "html",
        "http",
        "java",
        "javascript",
        "js",
        "json",
        "jsx",
        "kotlin",
        "php",
        "plaintext",
        "powershell",
        "python",
        "ruby",
        "rust",
        "sh",
        "shell",
        "sql",
        "swift",
        "terminal",
        "text",
        "toml",
        "ts",
        "tsx",
        "typescript",
        "xml",
        "yaml",
        "yml",
        "zsh",
    ];
    let rest = COPIES.iter().find_map(|copies| line.strip_suffix(copies));
    rest.map(str::trim).is_some_and(|of| {
        let is_file = of.contains(['.', '/']) && !of.contains(char::is_whitespace);
        LANGUAGES.contains(&of) || (is_file && of.ends_with(char::is_alphanumeric))
    })
}
