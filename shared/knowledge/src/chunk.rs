//! From blocks to passages: by heading first, by size second.

use domain::{conversation::shorten, source::Chunk};
use url::Url;

use crate::{extract::Document, text, tokens};

/// A passage is closed once it has this many words.
const TARGET_WORDS: u32 = 120;
/// A block longer than this is cut between sentences.
const MOST_WORDS: u32 = 200;
/// A passage has at most this many tokens, as many as models that make vectors usually read. 200
/// words of English have some 270; data and scripts without spaces have far more.
const MOST_TOKENS: u32 = 512;
/// A passage has at most this many bytes, whatever a "word" is in it.
const MOST_BYTES: usize = 4_000;
/// A run of characters without a space in it is cut to this many bytes.
const MOST_RUN: usize = MOST_TOKENS as usize;
/// A title or a heading is cut to this many characters.
const HEADING: usize = 200;
/// Passages of one page at the most.
const MAX_CHUNKS: usize = 100;
/// Passages of one file at the most: some 150,000 words, as in a thick book.
pub const MAX_FILE_CHUNKS: usize = 1_000;

/// Cuts a page into passages. Blocks under the same headings go together until a passage is long
/// enough; a heading always begins a new one.
pub fn chunks(document: &Document, url: &Url) -> Vec<Chunk> {
    cut(document, url.as_str(), MAX_CHUNKS)
}

/// Cuts a file called `name` into passages, up to [`MAX_FILE_CHUNKS`].
pub fn chunks_of_file(document: &Document, name: &str) -> Vec<Chunk> {
    cut(document, name, MAX_FILE_CHUNKS)
}

fn cut(document: &Document, at: &str, most: usize) -> Vec<Chunk> {
    let mut made: Vec<Chunk> = Vec::new();
    let mut content = String::new();
    let mut headings: &[String] = &[];
    let mut close = |content: &mut String, headings: &[String]| {
        if !content.is_empty() && made.len() < most {
            let content = std::mem::take(content);
            made.push(Chunk {
                id: format!("{}", made.len()),
                tokens: tokens::count(&content),
                content,
                headings: headings.iter().map(|h| shorten(h, HEADING)).collect(),
                url: Some(at.to_owned()),
                title: shorten(&document.title, HEADING),
            });
        }
        content.clear();
        made.len() < most
    };
    let mut size = Size::default();
    for block in &document.blocks {
        if block.headings != headings {
            if !close(&mut content, headings) {
                return made;
            }
            headings = &block.headings;
        }
        for (piece, of_piece) in pieces(&block.text) {
            if !content.is_empty() && !size.and(of_piece).is_enough() {
                content.push('\n');
                size = size.and(of_piece);
            } else {
                // What is left over has no room, and a large file has much of it.
                if !close(&mut content, headings) {
                    return made;
                }
                size = of_piece;
            }
            content.push_str(&piece);
        }
    }
    close(&mut content, headings);
    made
}

/// How long a text is.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    words: u32,
    bytes: usize,
    tokens: u32,
}

impl Size {
    fn of(text: &str) -> Self {
        let (words, tokens) = (text::word_count(text), tokens::count(text));
        Self { words, bytes: text.len(), tokens }
    }

    /// Of both, with a space or a line's end between them.
    fn and(self, other: Self) -> Self {
        Self {
            words: self.words + other.words,
            bytes: self.bytes + 1 + other.bytes,
            tokens: self.tokens + 1 + other.tokens,
        }
    }

    fn fits(self) -> bool {
        self.words <= MOST_WORDS && self.bytes <= MOST_BYTES && self.tokens <= MOST_TOKENS
    }

    /// Whether a passage of this size had better been closed before.
    fn is_enough(self) -> bool {
        self.words > TARGET_WORDS || !self.fits()
    }
}

/// The whole of `text` if it fits. What is longer than any passage isn't measured first.
fn whole(text: &str) -> Option<(String, Size)> {
    let size = (text.len() <= MOST_BYTES).then(|| Size::of(text)).filter(|size| size.fits());
    size.map(|size| (text.to_owned(), size))
}

fn pieces(block: &str) -> Vec<(String, Size)> {
    if let Some(whole) = whole(block) {
        return vec![whole];
    }
    // A "sentence" without an end is cut by words.
    let sentences = text::sentences(block).flat_map(|sentence| match whole(sentence) {
        Some(whole) => vec![whole],
        None => joined(
            sentence
                .split_whitespace()
                .flat_map(by_bytes)
                .map(|word| (word.to_owned(), Size::of(word))),
        ),
    });
    joined(sentences)
}

/// As few texts as the `parts` go into, a space between them.
fn joined(parts: impl Iterator<Item = (String, Size)>) -> Vec<(String, Size)> {
    let mut made: Vec<(String, Size)> = Vec::new();
    for (part, size) in parts {
        match made.last_mut() {
            Some((last, of_last)) if !of_last.and(size).is_enough() => {
                last.push(' ');
                last.push_str(&part);
                *of_last = of_last.and(size);
            }
            _ => made.push((part, size)),
        }
    }
    made
}

/// A run of characters without a space in it, such as encoded data, in parts that fit: a token has
/// a byte at least.
fn by_bytes(mut word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while word.len() > MOST_RUN {
        let mut end = MOST_RUN;
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

    #[test]
    fn what_has_many_tokens_in_few_words_is_bounded_too() {
        let data: String = (0..3_000_u32)
            .map(|n| char::from(b'!' + (n.wrapping_mul(2_654_435_761) >> 20) as u8 % 94))
            .collect();
        let codes: String = (0..400).map(|n| format!("x{}q-{}/ ", n * 7919, n * 104_729)).collect();
        for text in [data, codes, "数据不够。".repeat(400), "ཀྵ་".repeat(400)] {
            let made = chunked(vec![block("A", &text)]);
            assert!(made.len() > 1, "{text}");
            let most = made.iter().map(|chunk| chunk.tokens).max().unwrap();
            assert!(most <= MOST_TOKENS, "{most}: {text}");
            // A sentence of signs alone says nothing, and goes.
            let said =
                |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            let all: String = made.iter().map(|chunk| said(&chunk.content)).collect();
            assert_eq!(all, said(&text));
        }
    }
}
