//! Text without markup.

use std::ops::Range;

use super::{
    document::{Conventions, Document},
    markup::{Markup, units},
};

/// Messenger's: nothing but text.
pub(super) struct Plain;

impl Markup for Plain {
    fn conventions(&self) -> Conventions {
        Conventions { bullet: "• ", writes_links: true, has_columns: false, max_link: 500 }
    }

    fn limit(&self) -> usize {
        2_000
    }

    fn write(&self, document: &Document, range: Range<usize>) -> String {
        document.text.get(range).unwrap_or_default().to_owned()
    }
}

/// This part without markup; links have their addresses behind them, unless that is too long.
pub(super) fn twin(document: &Document, range: Range<usize>, limit: usize) -> String {
    let bare = document.text.get(range.clone()).unwrap_or_default();
    let (mut whole, mut pending): (String, Option<(&str, String)>) = (String::new(), None);
    for (part, style) in document.stretches(range) {
        if let Some((url, label)) = pending.take() {
            if style.link == Some(url) {
                pending = Some((url, label + part));
                whole.push_str(part);
                continue;
            }
            add_address(&mut whole, url, &label);
        }
        whole.push_str(part);
        pending = style.link.map(|url| (url, part.to_owned()));
    }
    if let Some((url, label)) = pending {
        add_address(&mut whole, url, &label);
    }
    // One unit is the ellipsis's.
    if units(&whole) < limit { whole } else { bare.to_owned() }
}

fn add_address(whole: &mut String, url: &str, label: &str) {
    if label != url && url.strip_prefix("mailto:") != Some(label) {
        whole.push_str(&format!(" ({url})"));
    }
}
