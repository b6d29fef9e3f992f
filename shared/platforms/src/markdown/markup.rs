//! How a platform's markup is written.

use std::ops::Range;

use super::document::{Conventions, Document};

pub(super) trait Markup {
    /// What the text itself has to have, since the markup has no means for it.
    fn conventions(&self) -> Conventions;

    /// UTF-16 units of a message.
    fn limit(&self) -> usize;

    /// This part of a document.
    fn write(&self, document: &Document, range: Range<usize>) -> String;

    /// UTF-16 units of this part as the platform counts them.
    fn units(&self, document: &Document, range: Range<usize>) -> usize {
        units(&self.write(document, range))
    }

    /// Whether nothing may follow on the last line.
    fn ends_with_fence(&self, _: &str) -> bool {
        false
    }
}

/// UTF-16 units of a text: no platform counts more.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
