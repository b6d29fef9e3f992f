//! From blocks to passages: by heading first, by size second.

use domain::{conversation::shorten, source::Chunk};
use url::Url;

use crate::{extract::Document, text};

/// A passage is closed once it has this many words.
const TARGET_WORDS: u32 = 120;
/// A block longer than this is cut between sentences.
const MOST_WORDS: u32 = 200;
/// A passage has at most this many bytes, whatever a "word" is in it.
const MOST_BYTES: usize = 4_000;
/// A title or a heading is cut to this many characters.
const HEADING: usize = 200;
/// Passages of one page at the most.
const MAX_CHUNKS: usize = 100;

/// Cuts a page into passages. Blocks under the same headings go together until a passage is long
/// enough; a heading always begins a new one.
pub fn chunks(document: &Document, url: &Url) -> Vec<Chunk> {
    let mut made: Vec<Chunk> = Vec::new();
    let mut content = String::new();
    let mut headings: &[String] = &[];
    let mut close = |content: &mut String, headings: &[String]| {
        if !content.is_empty() && made.len() < MAX_CHUNKS {
            let content = std::mem::take(content);
            made.push(Chunk {
                id: format!("{}", made.len()),
                tokens: text::estimated_tokens(&content),
                content,
                headings: headings.iter().map(|h| shorten(h, HEADING)).collect(),
                url: Some(url.to_string()),
                title: shorten(&document.title, HEADING),
            });
        }
        content.clear();
    };
    for block in &document.blocks {
        if block.headings != headings {
            close(&mut content, headings);
            headings = &block.headings;
        }
        for piece in pieces(&block.text) {
            let both = text::word_count(&content) + text::word_count(&piece);
            let bytes = content.len() + piece.len();
            if !content.is_empty() && (both > TARGET_WORDS || bytes >= MOST_BYTES) {
                close(&mut content, headings);
            }
            if !content.is_empty() {
                content.push('\n');
            }
            content.push_str(&piece);
        }
    }
    close(&mut content, headings);
    made
}

fn pieces(block: &str) -> Vec<String> {
    if fits(block) {
        return vec![block.to_owned()];
    }
    let mut pieces = vec![String::new()];
    for sentence in text::sentences(block) {
        // A "sentence" without an end is cut by words.
        for part in by_words(sentence) {
            match pieces.last_mut() {
                Some(last)
                    if text::word_count(last) + text::word_count(&part) <= TARGET_WORDS
                        && last.len() + part.len() < MOST_BYTES =>
                {
                    if !last.is_empty() {
                        last.push(' ');
                    }
                    last.push_str(&part);
                }
                _ => pieces.push(part),
            }
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn fits(text: &str) -> bool {
    text::word_count(text) <= MOST_WORDS && text.len() <= MOST_BYTES
}

fn by_words(sentence: &str) -> Vec<String> {
    if fits(sentence) {
        return vec![sentence.to_owned()];
    }
    let mut parts = vec![String::new()];
    for word in sentence.split_whitespace().flat_map(by_bytes) {
        match parts.last_mut() {
            Some(last)
                if last.len() + word.len() < MOST_BYTES
                    && text::word_count(last) < TARGET_WORDS =>
            {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// A run of characters without a space in it, such as encoded data, in parts that fit.
fn by_bytes(mut word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while word.len() > MOST_BYTES / 2 {
        let mut end = MOST_BYTES / 2;
        while !word.is_char_boundary(end) {
            end -= 1;
        }
        let (part, rest) = word.split_at(end);
        parts.push(part);
        word = rest;
    }
    parts.push(word);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Block;

    fn chunked(blocks: Vec<Block>) -> Vec<Chunk> {
        let document = Document { title: "T".into(), blocks, links: Vec::new() };
        chunks(&document, &Url::parse("https://example.com/").unwrap())
    }

    fn block(heading: &str, text: &str) -> Block {
        Block { headings: vec![heading.to_owned()], text: text.to_owned() }
    }

    #[test]
    fn a_heading_begins_a_passage_and_short_blocks_go_together() {
        let made = chunked(vec![block("A", "one."), block("A", "two."), block("B", "three.")]);
        assert_eq!(made.len(), 2);
        assert_eq!(made[0].content, "one.\ntwo.");
        assert_eq!(made[1].headings, ["B"]);
    }

    #[test]
    fn neither_data_without_spaces_nor_an_endless_title_makes_a_passage_too_large() {
        let document = Document {
            title: "t".repeat(450_000),
            blocks: vec![block(&"h".repeat(450_000), &"QUJD".repeat(100_000))],
            links: Vec::new(),
        };
        let made = chunks(&document, &Url::parse("https://example.com/").unwrap());
        assert_eq!(made.len(), MAX_CHUNKS);
        assert!(made.iter().all(|c| c.content.len() <= MOST_BYTES && c.title.len() <= 3 * HEADING));
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_long() {
        let long: String = (0..1000).map(|n| format!("word{n} ")).collect();
        let sentences: String =
            (0..200).map(|n| format!("Sentence number {n} is here. ")).collect();
        let made = chunked(vec![block("A", &long), block("A", &sentences)]);
        let all: String = made.iter().map(|c| format!("{} ", c.content)).collect();
        assert!(all.contains("word999") && all.contains("number 199"));
        assert_eq!(text::word_count(&all), 1000 + 200 * 5);
        assert!(made.iter().all(|c| text::word_count(&c.content) <= MOST_WORDS && c.tokens > 0));
    }
}
