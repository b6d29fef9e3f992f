//! The protocol between us and a model inside its text: which passages it used, and that it refuses.
//!
//! A model is told to name a passage that it used as `[[1]]` and to answer with [`REFUSAL_MARKER`] alone
//! if the passages don't answer the question. Neither ever reaches a visitor, however the text is split:
//! [`MarkerFilter`] holds back what may become a marker until it is one or isn't.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use crate::{AnswerEvent, AnswerStream, Rules};

/// What a model writes instead of an answer that isn't in the passages.
pub const REFUSAL_MARKER: &str = "[[not-in-passages]]";

/// Longest text that is held back: white space and a marker.
const MAX_HELD: usize = 96;

/// Takes the markers out of a text that comes in pieces.
#[derive(Debug, Default)]
pub struct MarkerFilter {
    /// White space and the beginning of what may be a marker.
    held: String,
    /// Text went out.
    spoke: bool,
    cited: BTreeSet<usize>,
    refused: bool,
}

/// `answer` without markers: they become [`AnswerEvent::Cited`] and [`AnswerEvent::Refused`], right
/// before the end. A model that was not told of markers is left alone.
pub(crate) fn filtered(rules: Rules, answer: AnswerStream) -> AnswerStream {
    if rules == Rules::Verbatim {
        return answer;
    }
    let events = answer.scan(MarkerFilter::default(), |filter, event| {
        let mut events = Vec::new();
        let delta = |text: String| (!text.is_empty()).then_some(Ok(AnswerEvent::Delta(text)));
        match event {
            Ok(AnswerEvent::Delta(piece)) => events.extend(delta(filter.push(&piece))),
            Ok(AnswerEvent::Done { usage, finish }) => {
                events.extend(delta(filter.finish()));
                events.extend(filter.cited().map(|passage| Ok(AnswerEvent::Cited(passage))));
                events.extend(filter.refused().then_some(Ok(AnswerEvent::Refused)));
                events.push(Ok(AnswerEvent::Done { usage, finish }));
            }
            other => events.push(other),
        }
        std::future::ready(Some(stream::iter(events)))
    });
    events.flatten().boxed()
}

/// What a text that was held back turned out to be.
enum Held {
    /// It may become a marker.
    Undecided,
    /// It is no marker: this number of its bytes is text.
    Text(usize),
    /// These passages, counted from 1.
    Citation(Vec<usize>),
    Refusal,
}

impl MarkerFilter {
    /// The part of the text that is certain to be visible, after the next `piece`.
    pub fn push(&mut self, piece: &str) -> String {
        let mut visible = String::new();
        for c in piece.chars() {
            self.held.push(c);
            self.decide(&mut visible);
        }
        self.spoke |= !visible.is_empty();
        visible
    }

    /// The text has ended: what was held back and is no marker.
    pub fn finish(&mut self) -> String {
        let rest = std::mem::take(&mut self.held);
        // White space at the end is of no use to anyone.
        let rest = rest.trim_end().to_owned();
        self.spoke |= !rest.is_empty();
        rest
    }

    /// Whether the model refused.
    pub fn refused(&self) -> bool {
        self.refused
    }

    /// The passages that were named, counted from 0 and in order.
    pub fn cited(&self) -> impl Iterator<Item = usize> + '_ {
        self.cited.iter().filter_map(|number| number.checked_sub(1))
    }

    fn decide(&mut self, visible: &mut String) {
        while !self.held.is_empty() {
            match examine(&self.held) {
                Held::Undecided if self.held.len() <= MAX_HELD => return,
                Held::Undecided => visible.push_str(&std::mem::take(&mut self.held)),
                Held::Text(bytes) => {
                    // An answer doesn't begin with white space.
                    let text: String = self.held.drain(..bytes).collect();
                    let begun = self.spoke || !visible.is_empty();
                    visible.push_str(if begun { &text } else { text.trim_start() });
                }
                Held::Citation(passages) => {
                    self.cited.extend(passages);
                    self.held.clear();
                }
                Held::Refusal => {
                    self.refused = true;
                    self.held.clear();
                }
            }
        }
    }
}

fn examine(held: &str) -> Held {
    let space = held.len() - held.trim_start().len();
    let marker = &held[space..];
    if marker.is_empty() || REFUSAL_MARKER.starts_with(marker) && marker != REFUSAL_MARKER {
        return Held::Undecided;
    }
    if marker == REFUSAL_MARKER {
        return Held::Refusal;
    }
    let after_first = space + marker.chars().next().map_or(0, char::len_utf8);
    let Some(numbers) = marker.strip_prefix("[[") else {
        return match marker {
            "[" => Held::Undecided,
            _ => Held::Text(after_first),
        };
    };
    let digits = numbers.trim_end_matches(']');
    let ends = numbers.len() - digits.len();
    let is_list = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ' '));
    match (is_list, ends) {
        (true, 2) if digits.chars().any(|c| c.is_ascii_digit()) => {
            let numbers = digits.split([',', ' ']).filter_map(|number| number.parse().ok());
            Held::Citation(numbers.collect())
        }
        (true, 0 | 1) => Held::Undecided,
        _ => Held::Text(after_first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is visible of a text that comes in pieces of `size` characters.
    fn read(text: &str, size: usize) -> (String, bool, Vec<usize>) {
        let mut filter = MarkerFilter::default();
        let chars: Vec<char> = text.chars().collect();
        let mut visible = String::new();
        for piece in chars.chunks(size) {
            visible.push_str(&filter.push(&piece.iter().collect::<String>()));
        }
        visible.push_str(&filter.finish());
        (visible, filter.refused(), filter.cited().collect())
    }

    #[test]
    fn markers_are_taken_out_however_the_text_is_split() {
        let cases: [(&str, &str, bool, &[usize]); 14] = [
            ("We open at ten.", "We open at ten.", false, &[]),
            ("We open at ten [[1]].", "We open at ten.", false, &[0]),
            ("At ten [[2]][[1]]. Free [[1, 3]]", "At ten. Free", false, &[0, 1, 2]),
            ("[[1]] We open.", "We open.", false, &[0]),
            ("[[not-in-passages]]", "", true, &[]),
            (" \n[[not-in-passages]]\n", "", true, &[]),
            ("Je ne sais pas. [[not-in-passages]]", "Je ne sais pas.", true, &[]),
            ("a[0] and [[x]] and [[ ]]", "a[0] and [[x]] and [[ ]]", false, &[]),
            ("[[[1]]]", "[]", false, &[0]),
            ("[[not-in-passage]]", "[[not-in-passage]]", false, &[]),
            ("Cut [[not-in-", "Cut [[not-in-", false, &[]),
            ("Two\n\nparagraphs  here", "Two\n\nparagraphs  here", false, &[]),
            ("Grüße 日本 [[1]] 🙂", "Grüße 日本 🙂", false, &[0]),
            ("[[0]] none", "none", false, &[]),
        ];
        for (text, visible, refused, cited) in cases {
            for size in 1..=text.chars().count() {
                let expected = (visible.to_owned(), refused, cited.to_vec());
                assert_eq!(read(text, size), expected, "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn what_is_held_back_is_bounded() {
        let mut filter = MarkerFilter::default();
        filter.push("x");
        for _ in 0..1_000 {
            filter.push(" ");
            assert!(filter.held.len() <= MAX_HELD);
        }
        let mut filter = MarkerFilter::default();
        for _ in 0..1_000 {
            filter.push("[[1, ");
            assert!(filter.held.len() <= MAX_HELD + 1);
        }
    }
}
