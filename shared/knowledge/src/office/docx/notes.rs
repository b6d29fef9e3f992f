//! Footnotes and endnotes.

use std::collections::HashMap;

use crate::office::markup::{self, Event};

/// Marks of notes.
pub(super) const FOOTNOTE: &str = "footnoteReference";
pub(super) const ENDNOTE: &str = "endnoteReference";

/// The texts of footnotes or endnotes, by the marks that lead to them.
pub(super) fn notes_of(xml: &str) -> HashMap<(&'static str, String), String> {
    let mut notes = HashMap::new();
    let (mut of, mut text, mut is_text, mut is_deleted) = (None, String::new(), false, false);
    markup::each(xml, |event| match event {
        Event::Open(tag) => match tag.name.as_str() {
            // Lines that set notes apart are of a type.
            "footnote" | "endnote" if tag.get("type").is_none_or(|of| of == "normal") => {
                let mark = if tag.name == "footnote" { FOOTNOTE } else { ENDNOTE };
                of = tag.get("id").map(|id| (mark, id.to_owned()));
                text.clear();
            }
            "del" => is_deleted = true,
            "t" => is_text = !is_deleted,
            "p" | "tab" | "br" => text.push(' '),
            _ => {}
        },
        Event::Text(said) if is_text => text.push_str(said),
        Event::Text(_) => {}
        Event::Close(name) => match name {
            "t" => is_text = false,
            "del" => is_deleted = false,
            "footnote" | "endnote" => {
                let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
                notes.extend(of.take().filter(|_| !said.is_empty()).map(|of| (of, said)));
            }
            _ => {}
        },
    });
    notes
}
