//! Markdown as messages of a platform.
//!
//! [`reader`] makes of Markdown a text as a person reads it, with marks on ranges of it. [`split`] cuts that text
//! where the platform's limit wants it. A [`Markup`] writes each part, so that what is open at a cut is closed there
//! and opened again behind it.

mod delimited;
mod document;
mod html;
mod markup;
mod plain;
mod reader;
mod split;
mod table;
#[cfg(test)]
mod tests;

use domain::Platform;

use crate::text::cut;
use delimited::Delimited;
use document::Document;
use html::Html;
use markup::Markup;
use plain::Plain;

/// Bytes of Markdown that are read.
const MAX_MARKDOWN: usize = 256 * 1024;
const ELLIPSIS: char = '…';

/// One message of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// In the platform's markup, within its limit.
    pub markup: String,
    /// The same without markup, within the same limit: for the platform that refuses the markup (Telegram).
    pub plain: String,
}

/// `markdown` as messages for `platform`, in order: split at paragraph, line, sentence or word, never inside a
/// grapheme, an entity or a code fence. At most `max_pieces`, the last of which then ends with an ellipsis. None if
/// there is nothing to see.
pub fn render(platform: Platform, markdown: &str, max_pieces: usize) -> Vec<Piece> {
    let markup = markup_of(platform);
    let document = Document::read(cut(markdown, MAX_MARKDOWN), markup.conventions());
    pieces(&*markup, &document, max_pieces)
}

/// `text` as it is, whatever Markdown would make of it; else as [`render`].
pub fn render_plain(platform: Platform, text: &str, max_pieces: usize) -> Vec<Piece> {
    let document = Document::verbatim(cut(text, MAX_MARKDOWN));
    pieces(&*markup_of(platform), &document, max_pieces)
}

/// Each platform's markup, and UTF-16 units of a message.
fn markup_of(platform: Platform) -> Box<dyn Markup> {
    match platform {
        Platform::Telegram => Box::new(Html),
        Platform::Slack => Box::new(Delimited::Slack),
        Platform::Discord => Box::new(Delimited::Discord),
        Platform::Whatsapp => Box::new(Delimited::Whatsapp),
        Platform::Messenger | Platform::Web => Box::new(Plain),
    }
}

fn pieces(markup: &dyn Markup, document: &Document, max_pieces: usize) -> Vec<Piece> {
    let limit = markup.limit();
    let ranges =
        split::ranges(document, limit, max_pieces.max(1), &|range| markup.units(document, range));
    let is_cut = ranges.is_cut;
    let last = ranges.all.len().saturating_sub(1);
    let written = ranges.all.into_iter().enumerate().map(|(nth, range)| {
        let mut piece = Piece {
            markup: markup.write(document, range.clone()),
            plain: plain::twin(document, range, limit),
        };
        if is_cut && nth == last {
            if markup.ends_with_fence(&piece.markup) {
                piece.markup.push('\n');
            }
            piece.markup.push(ELLIPSIS);
            piece.plain.push(ELLIPSIS);
        }
        piece
    });
    written.collect()
}
