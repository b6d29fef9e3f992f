//! Telegram's HTML: tags around escaped text; only `<`, `>` and `&` are escaped.

use std::ops::Range;

use super::{
    document::{Conventions, Document, Style},
    markup::{Markup, units},
};

pub(super) struct Html;

#[derive(Debug, Clone, PartialEq, Eq)]
enum TagOf<'a> {
    Quote,
    Pre(&'a str),
    Link(&'a str),
    Bold,
    Italic,
    Strike,
    Code,
}

impl Markup for Html {
    fn conventions(&self) -> Conventions {
        Conventions { bullet: "• ", writes_links: false, has_columns: true, max_link: 2_000 }
    }

    fn limit(&self) -> usize {
        4_096
    }

    /// Telegram counts what is left once the tags are read.
    fn units(&self, document: &Document, range: Range<usize>) -> usize {
        units(document.text.get(range).unwrap_or_default())
    }

    fn write(&self, document: &Document, range: Range<usize>) -> String {
        let (mut html, mut open): (String, Vec<TagOf<'_>>) = (String::new(), Vec::new());
        for (part, style) in document.stretches(range) {
            let wanted = tags(&style);
            let kept = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
            while open.len() > kept {
                if let Some(tag) = open.pop() {
                    close(&mut html, &tag);
                }
            }
            for tag in wanted.into_iter().skip(kept) {
                begin(&mut html, &tag);
                open.push(tag);
            }
            escape(&mut html, part);
        }
        while let Some(tag) = open.pop() {
            close(&mut html, &tag);
        }
        html
    }
}

/// Outermost first. Code can't be in anything nor have anything in it.
fn tags<'a>(style: &Style<'a>) -> Vec<TagOf<'a>> {
    if let Some(language) = style.pre {
        return vec![TagOf::Pre(language)];
    }
    let quote = style.quote.then_some(TagOf::Quote);
    if style.code {
        return quote.into_iter().chain([TagOf::Code]).collect();
    }
    let is_bold = style.bold || style.heading.is_some();
    [
        quote,
        style.link.map(TagOf::Link),
        is_bold.then_some(TagOf::Bold),
        style.italic.then_some(TagOf::Italic),
        style.strike.then_some(TagOf::Strike),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn begin(html: &mut String, tag: &TagOf<'_>) {
    match tag {
        TagOf::Quote => html.push_str("<blockquote>"),
        TagOf::Pre("") => html.push_str("<pre>"),
        TagOf::Pre(language) => {
            html.push_str("<pre><code class=\"language-");
            html.push_str(language);
            html.push_str("\">");
        }
        TagOf::Link(url) => {
            html.push_str("<a href=\"");
            let mut escaped = String::new();
            escape(&mut escaped, url);
            html.push_str(&escaped.replace('"', "&quot;"));
            html.push_str("\">");
        }
        TagOf::Bold => html.push_str("<b>"),
        TagOf::Italic => html.push_str("<i>"),
        TagOf::Strike => html.push_str("<s>"),
        TagOf::Code => html.push_str("<code>"),
    }
}

fn close(html: &mut String, tag: &TagOf<'_>) {
    html.push_str(match tag {
        TagOf::Quote => "</blockquote>",
        TagOf::Pre("") => "</pre>",
        TagOf::Pre(_) => "</code></pre>",
        TagOf::Link(_) => "</a>",
        TagOf::Bold => "</b>",
        TagOf::Italic => "</i>",
        TagOf::Strike => "</s>",
        TagOf::Code => "</code>",
    });
}

fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            c => html.push(c),
        }
    }
}
