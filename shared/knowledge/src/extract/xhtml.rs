//! XHTML, in which any element may close itself. HTML takes such an element for one that begins.

use std::borrow::Cow;

/// Elements that hold nothing in HTML either.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// How a section of text begins in which no sign is of an element; HTML takes it for a comment.
const SECTION: &str = "<![CDATA[";

/// `<a id="x"/>` as `<a id="x"></a>`, and sections of text as text. Comments are left alone, and so is what is in
/// drawings, whose elements close themselves in HTML too: to close them once more is no matter.
pub(crate) fn opened(source: &str) -> Cow<'_, str> {
    if !source.contains("/>") && !source.contains(SECTION) {
        return Cow::Borrowed(source);
    }
    let mut opened = String::with_capacity(source.len() + source.len() / 16);
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        opened.push_str(before);
        let end = end(tag);
        let (tag, behind) = tag.split_at(end);
        rest = behind;
        if let Some(text) = tag.strip_prefix(SECTION) {
            let text = text.strip_suffix("]]>").unwrap_or(text);
            opened.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
            continue;
        }
        match tag.strip_suffix("/>").and_then(name) {
            Some(name) if !VOID.contains(&name.to_ascii_lowercase().as_str()) => {
                opened.push_str(tag.trim_end_matches("/>"));
                opened.push_str("></");
                opened.push_str(name);
                opened.push('>');
            }
            _ => opened.push_str(tag),
        }
    }
    opened.push_str(rest);
    Cow::Owned(opened)
}

/// How long what begins with `<` is.
fn end(tag: &str) -> usize {
    for (begin, close) in [("<!--", "-->"), (SECTION, "]]>")] {
        if tag.starts_with(begin) {
            return tag.find(close).map_or(tag.len(), |at| at + close.len());
        }
    }
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '>') => return at + 1,
            // A sign that is none.
            (None, '<') if at > 0 => return at,
            _ => {}
        }
    }
    tag.len()
}

/// The name of an element that `tag` begins.
fn name(tag: &str) -> Option<&str> {
    let tag = tag.strip_prefix('<')?;
    let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    tag.get(..end).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_that_close_themselves_hold_nothing() {
        for (source, expected) in [
            ("<title/><p>One</p>", "<title></title><p>One</p>"),
            ("<a id='x>'/>Two<br/>", "<a id='x>'></a>Two<br/>"),
            ("<!-- <b/> --><i />", "<!-- <b/> --><i ></i>"),
            ("3 < 4 <em/>", "3 < 4 <em></em>"),
            ("<p title=\"a/>\">x</p>", "<p title=\"a/>\">x</p>"),
            ("plain", "plain"),
            ("<p><![CDATA[a < b & c/>]]> d</p>", "<p>a &lt; b &amp; c/> d</p>"),
        ] {
            assert_eq!(opened(source), expected);
        }
    }
}
