//! From blocks to passages: by heading first, by size second.

mod labels;
mod once;

use domain::{conversation::shorten, source::Chunk};
use url::Url;

use self::labels::Kinds;
pub use self::once::say_repeated_lines_once;
use crate::{
    extract::{Block, BlockKind, Document},
    text, tokens,
};

/// A passage is closed once it has this many words.
const TARGET_WORDS: u32 = 120;
/// A block longer than this is cut between sentences.
const MAX_WORDS: u32 = 200;
/// A passage has at most this many tokens, as many as models that make vectors usually read. 200
/// words of English have some 270; data and scripts without spaces have far more.
const MAX_TOKENS: u32 = 512;
/// A passage has at most this many bytes, whatever a "word" is in it.
const MAX_BYTES: usize = 4_000;
/// A run of characters without a space in it is cut to this many bytes.
const MAX_RUN: usize = MAX_TOKENS as usize;
/// A title or a heading is cut to this many characters.
const HEADING: usize = 200;
/// Passages of one page at most.
const MAX_CHUNKS: usize = 200;
/// Passages of one file at most: some 150,000 words, as in a thick book.
pub const MAX_FILE_CHUNKS: usize = 1_000;

/// Cuts a page into passages. Blocks under the same headings go together until a passage is long
/// enough; a heading always begins a new one, and a list stays whole if it fits a passage.
pub fn chunks(document: &Document, url: &Url) -> Vec<Chunk> {
    cut(document, url.as_str(), MAX_CHUNKS)
}

/// Cuts a file called `name` into passages, up to [`MAX_FILE_CHUNKS`].
pub fn chunks_of_file(document: &Document, name: &str) -> Vec<Chunk> {
    cut(document, name, MAX_FILE_CHUNKS)
}

fn cut(document: &Document, at: &str, most: usize) -> Vec<Chunk> {
    let title = shorten(&document.title, HEADING);
    let language = labels::language(document);
    let mut cutter = Cutter { at, title, language, most, made: Vec::new(), open: None };
    for unit in units(&document.blocks) {
        if cutter.open.as_ref().is_some_and(|open| open.block.headings != unit[0].headings) {
            cutter.close();
        }
        match whole_list(unit) {
            Some(size) => cutter.add_list(unit, size),
            None => unit.iter().for_each(|block| cutter.add(block)),
        }
        // What is left over has no room, and a large file has much of it.
        if cutter.made.len() >= most {
            break;
        }
    }
    cutter.close();
    cutter.made
}

/// Blocks that belong together: a list with the line that introduces it, or one block.
fn units(blocks: &[Block]) -> impl Iterator<Item = &[Block]> {
    let is_item = |block: &Block| matches!(block.kind, BlockKind::Step | BlockKind::Item);
    blocks.chunk_by(move |before, next| {
        let introduces = is_item(before) || before.text.trim_end().ends_with([':', '：']);
        introduces && is_item(next) && before.headings == next.headings
    })
}

/// The size of a list, if a passage holds it.
fn whole_list(unit: &[Block]) -> Option<Size> {
    let bytes: usize = unit.iter().map(|block| block.text.len()).sum();
    if unit.len() < 2 || bytes > MAX_BYTES {
        return None;
    }
    let sizes = unit.iter().map(|block| Size::of(&block.text));
    sizes.reduce(Size::and).filter(|size| size.fits())
}

/// Puts blocks together to passages.
struct Cutter<'d> {
    at: &'d str,
    title: String,
    language: Option<String>,
    most: usize,
    made: Vec<Chunk>,
    open: Option<Open<'d>>,
}

/// A passage that is not closed yet.
struct Open<'d> {
    /// Its first block.
    block: &'d Block,
    content: String,
    size: Size,
    kinds: Kinds,
}

impl<'d> Cutter<'d> {
    fn add(&mut self, block: &'d Block) {
        for (piece, size) in pieces(&block.text) {
            let kinds = Kinds::of(block.kind, piece.len());
            self.put(block, (&piece, kinds), size, Size::is_enough);
            if self.made.len() >= self.most {
                return;
            }
        }
    }

    fn add_list(&mut self, unit: &'d [Block], size: Size) {
        let text: Vec<&str> = unit.iter().map(|block| block.text.as_str()).collect();
        let kinds = unit.iter().map(|block| Kinds::of(block.kind, block.text.len()));
        if let (Some(first), Some(kinds)) = (unit.first(), kinds.reduce(Kinds::and)) {
            self.put(first, (&text.join("\n"), kinds), size, |size| !size.fits());
        }
    }

    fn put(
        &mut self,
        block: &'d Block,
        (text, kinds): (&str, Kinds),
        size: Size,
        is_full: fn(Size) -> bool,
    ) {
        match &mut self.open {
            Some(open) if !is_full(open.size.and(size)) => {
                open.content.push('\n');
                open.content.push_str(text);
                open.size = open.size.and(size);
                open.kinds = open.kinds.and(kinds);
            }
            _ => {
                self.close();
                self.open = Some(Open { block, content: text.to_owned(), size, kinds });
            }
        }
    }

    fn close(&mut self) {
        let Some(Open { block, content, kinds, .. }) = self.open.take() else { return };
        if self.made.len() < self.most {
            self.made.push(Chunk {
                id: format!("{}", self.made.len()),
                tokens: tokens::count(&content),
                content,
                headings: block.headings.iter().map(|h| shorten(h, HEADING)).collect(),
                url: Some(address(self.at, block.fragment.as_deref())),
                title: self.title.clone(),
                kind: kinds.most(),
                language: self.language.clone(),
            });
        }
    }
}

/// Where a passage is: its page, and the place on it as far as it is known.
fn address(at: &str, fragment: Option<&str>) -> String {
    /// What is longer, in characters, is no name that an author gave to a place.
    const LONGEST: usize = 200;
    match fragment.filter(|name| {
        !name.is_empty() && name.len() <= LONGEST && !name.contains(char::is_whitespace)
    }) {
        Some(fragment) => format!("{at}#{fragment}"),
        None => at.to_owned(),
    }
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
        self.words <= MAX_WORDS && self.bytes <= MAX_BYTES && self.tokens <= MAX_TOKENS
    }

    /// Whether a passage of this size had better been closed before.
    fn is_enough(self) -> bool {
        self.words > TARGET_WORDS || !self.fits()
    }
}

/// The whole of `text` if it fits. What is longer than any passage isn't measured first.
fn whole(text: &str) -> Option<(String, Size)> {
    let size = (text.len() <= MAX_BYTES).then(|| Size::of(text)).filter(|size| size.fits());
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
    while word.len() > MAX_RUN {
        let mut end = MAX_RUN;
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
        let document = Document { title: "T".into(), blocks, ..Document::default() };
        chunks(&document, &Url::parse("https://example.com/").unwrap())
    }

    fn block(heading: &str, text: &str) -> Block {
        Block::new(&[heading], text)
    }

    #[test]
    fn a_heading_begins_a_passage_and_short_blocks_go_together() {
        let made = chunked(vec![block("A", "one."), block("A", "two."), block("B", "three.")]);
        assert_eq!(made.len(), 2);
        assert_eq!(made[0].content, "one.\ntwo.");
        assert_eq!(made[1].headings, ["B"]);
    }

    #[test]
    fn a_list_stays_whole_with_the_line_above_it() {
        let long = "word ".repeat(180);
        let of = |kind, text: &str| Block { kind, ..block("A", text) };
        let mut blocks = vec![block("A", &long), block("A", "Bring these:")];
        blocks.extend((1..=20).map(|n| of(BlockKind::Step, &format!("{n}. thing number {n}"))));
        let made = chunked(blocks);
        assert_eq!(made.len(), 2);
        assert!(made[1].content.starts_with("Bring these:\n1. thing"));
        assert!(made[1].content.ends_with("20. thing number 20"));
    }

    #[test]
    fn a_passage_knows_its_place() {
        let at = |text: &str, fragment: &str| Block {
            fragment: Some(fragment.into()),
            ..block(text, text)
        };
        let made = chunked(vec![at("One.", "one"), at("Two.", "page=2"), at("Three.", "a b")]);
        let urls: Vec<_> = made.iter().map(|chunk| chunk.url.as_deref().unwrap()).collect();
        let page = "https://example.com/";
        assert_eq!(urls, [&format!("{page}#one"), &format!("{page}#page=2"), page]);
    }

    #[test]
    fn neither_data_without_spaces_nor_an_endless_title_makes_a_passage_too_large() {
        let document = Document {
            title: "t".repeat(450_000),
            blocks: vec![block(&"h".repeat(450_000), &"QUJD".repeat(100_000))],
            ..Document::default()
        };
        let made = chunks(&document, &Url::parse("https://example.com/").unwrap());
        assert_eq!(made.len(), MAX_CHUNKS);
        assert!(made.iter().all(|c| c.content.len() <= MAX_BYTES && c.title.len() <= 3 * HEADING));
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
        assert!(made.iter().all(|c| text::word_count(&c.content) <= MAX_WORDS && c.tokens > 0));
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
            assert!(most <= MAX_TOKENS, "{most}: {text}");
            // A sentence of signs alone says nothing, and goes.
            let said =
                |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            let all: String = made.iter().map(|chunk| said(&chunk.content)).collect();
            assert_eq!(all, said(&text));
        }
    }
}
