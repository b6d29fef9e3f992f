//! JSON-LD as pages have it: wrapped in comments, with commas too many, with line feeds in its
//! strings, escaped like text. A browser's console complains; search engines read it all the same.

use serde_json::Value;

/// What a script of JSON-LD says, if it can be made out.
pub(super) fn parse(data: &str) -> Option<Value> {
    let data = unwrapped(data);
    if let Ok(value) = serde_json::from_str(data) {
        return Some(value);
    }
    if !data.contains('"') && data.contains("&quot;") {
        let unescaped = data.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        return serde_json::from_str(&mended(&unescaped)).ok();
    }
    serde_json::from_str(&mended(data)).ok()
}

/// Without the comments and sections that hide it from old browsers.
fn unwrapped(data: &str) -> &str {
    const BEFORE: &[&str] = &["\u{feff}", "<!--", "//", "/*", "<![CDATA[", "*/"];
    const BEHIND: &[&str] = &["-->", "//", "]]>", "*/", "/*", ";"];
    let mut data = data.trim();
    while let Some(rest) = BEFORE.iter().find_map(|mark| data.strip_prefix(mark)) {
        data = rest.trim_start();
    }
    while let Some(rest) = BEHIND.iter().find_map(|mark| data.strip_suffix(mark)) {
        data = rest.trim_end();
    }
    data
}

/// Without commas before a closing bracket, and with what a string can't have escaped.
fn mended(data: &str) -> String {
    let mut mended = String::with_capacity(data.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in data.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                mended.push(c);
            }
            '\\' if in_string => {
                escaped = true;
                mended.push(c);
            }
            '"' => {
                in_string = !in_string;
                mended.push(c);
            }
            '\n' if in_string => mended.push_str("\\n"),
            c if in_string && c.is_control() => mended.push(' '),
            ']' | '}' if !in_string => {
                let kept = mended.trim_end();
                let kept = kept.strip_suffix(',').unwrap_or(kept).len();
                mended.truncate(kept);
                mended.push(c);
            }
            c => mended.push(c),
        }
    }
    mended
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_is_read_as_pages_have_it() {
        let thing = json!({"name": "Pier", "days": ["Mon, Tue", 2]});
        for data in [
            r#"{"name":"Pier","days":["Mon, Tue",2]}"#,
            "\n<!-- {\"name\":\"Pier\",\"days\":[\"Mon, Tue\",2]} -->\n",
            "// <![CDATA[\n{\"name\":\"Pier\",\"days\":[\"Mon, Tue\",2]}\n// ]]>",
            "/*<![CDATA[*/{\"name\":\"Pier\",\"days\":[\"Mon, Tue\",2]}/*]]>*/",
            "{\"name\":\"Pier\",\"days\":[\"Mon, Tue\",2 , ],\n};",
            "{&quot;name&quot;:&quot;Pier&quot;,&quot;days&quot;:[&quot;Mon, Tue&quot;,2]}",
        ] {
            assert_eq!(parse(data), Some(thing.clone()), "{data}");
        }
        let lines = parse("{\"text\":\"One,\n}two\\\"\t,]\"}").unwrap();
        assert_eq!(lines["text"], "One,\n}two\" ,]");
        assert_eq!((parse(""), parse("var a = 1;"), parse("{\"a\":")), (None, None, None));
    }
}
