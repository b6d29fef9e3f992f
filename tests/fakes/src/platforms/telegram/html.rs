//! Telegram's HTML: which tags there are, and its words for what is wrong.

/// Tags that `sendMessage` takes.
const TAGS: [&str; 15] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "a",
    "blockquote",
    "tg-spoiler",
    "span",
];

/// The text that a reader sees; or why Telegram refuses it.
pub(super) fn parsed(html: &str) -> Result<String, String> {
    let (mut plain, mut open): (String, Vec<&str>) = (String::new(), Vec::new());
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let at = html.len() - rest.len();
        if c == '<' {
            let inside = rest.get(1..).unwrap_or_default();
            let Some((tag, after)) = inside.split_once('>') else {
                return Err(format!("Unclosed start tag at byte offset {at}"));
            };
            tagged(tag, at, &mut open)?;
            rest = after;
            continue;
        }
        if c == '&' {
            let (shown, after) = entity(rest);
            plain.push_str(shown);
            rest = after;
            continue;
        }
        plain.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    match open.last() {
        Some(tag) => Err(format!("Can't find end tag corresponding to start tag \"{tag}\"")),
        None => Ok(plain),
    }
}

fn tagged<'a>(tag: &'a str, at: usize, open: &mut Vec<&'a str>) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        let name = name.trim();
        return match open.pop() {
            None => Err(format!("Unexpected end tag at byte offset {at}")),
            Some(expected) if expected == name => Ok(()),
            Some(expected) => Err(format!(
                "Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{name}>\""
            )),
        };
    }
    let name = tag.split_whitespace().next().unwrap_or_default();
    if name.is_empty() || !TAGS.contains(&name) {
        return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
    }
    open.push(name);
    Ok(())
}

/// One of the four named entities or a numbered one; any other `&` is itself.
fn entity(rest: &str) -> (&str, &str) {
    for (name, shown) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\"")] {
        if let Some(after) = rest.strip_prefix(name) {
            return (shown, after);
        }
    }
    rest.split_at(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_parsed_as_telegram_does() {
        assert_eq!(parsed("a <b>b</b> &lt;c&gt; &amp;amp; d & e").unwrap(), "a b <c> &amp; d & e");
        assert_eq!(
            parsed(
                "<pre><code class=\"language-rust\">x</code></pre> <a href=\"https://x.test\">y</a>"
            )
            .unwrap(),
            "x y"
        );
        for (html, why) in [
            ("a <foo>", "Unsupported start tag \"foo\" at byte offset 2"),
            ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
            (
                "<b><i>x</b></i>",
                "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"",
            ),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("1 < 2", "Unclosed start tag at byte offset 2"),
        ] {
            assert_eq!(parsed(html).unwrap_err(), why);
        }
    }
}
