//! A static embedding, compiled in: a row of numbers for each of some 34,000 English words and word
//! pieces; a text's vector is the sum of its words' rows. It takes microseconds and knows which
//! words are said of the same things, not what a sentence means. Words of other languages have the
//! rows of what they mean ([`super::lexicon`]).
//!
//! The rows were distilled from all-MiniLM-L6-v2 (`infra/models/static_embedding.py`; notice and
//! checksum in `shared/knowledge/static`). The file: `CSE1`, dimensions and rows as u32; of each row
//! its scale as a half-precision float; its numbers in four bits each, 8 more than they are, those of
//! the first half in the low bits; the
//! rows' words, sorted, a line each, pieces of words after `##`.

use std::{collections::HashMap, sync::LazyLock};

use domain::source::Chunk;

use super::{Vector, Vectors, lexicon, passage_text, vectors::dot};
use crate::{
    hashing,
    index::Index,
    text::{self, Language},
};

/// The name that its vectors are kept under. Another table has another name.
pub const MODEL: &str = "static-2";
/// The name of vectors from before there were lexicons: of English texts they are the same.
const ENGLISH_ALONE: &str = "static-en-1";
static FILE: &[u8] = include_bytes!("../../static/english.bin");
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(FILE).unwrap_or_default());

/// Letters of the longest row.
const MAX_LETTERS: usize = 18;
/// Words of a text that have a part in its vector.
const MAX_WORDS: usize = 1_000;
/// Rows that one unknown word is cut into.
const MAX_PIECES: usize = 6;

/// How often all rows of a part are added up together, so that eight times as much and what rounding adds are
/// within 16 bits.
const MAX_TIMES: f32 = 3_500.0;

/// A row's place in the table.
pub(crate) type Row = u16;

#[derive(Default)]
struct Table {
    dimensions: usize,
    scales: Vec<f32>,
    numbers: &'static [u8],
    words: &'static str,
    /// Where each word begins, and where the last one ends, in `words`.
    begins: Vec<u32>,
    /// Rows by the hash of their words, each in the first free place from there on; one more than they are.
    places: Vec<Row>,
}

impl Table {
    fn read(file: &'static [u8]) -> Option<Self> {
        let (head, rest) = file.split_first_chunk::<12>()?;
        let field = |at: usize| -> Option<usize> {
            let bytes: [u8; 4] = head.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let (dimensions, rows) = (field(4)?, field(8)?);
        let (scales, rest) = rest.split_at_checked(2 * rows)?;
        let (numbers, words) = rest.split_at_checked(rows * dimensions / 2)?;
        let words = std::str::from_utf8(words).ok()?;
        let scales = scales.chunks_exact(2).map(|b| half(u16::from_le_bytes([b[0], b[1]])));
        let mut begins = vec![0u32];
        let ends = words.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n');
        begins.extend(ends.map(|(_, next)| next));
        begins.push(u32::try_from(words.len() + 1).ok()?);
        let sound = head.starts_with(b"CSE1") && begins.len() == rows + 1;
        let places = vec![0; (2 * rows).next_power_of_two()];
        let scales = scales.collect();
        let mut table = Self { dimensions, scales, numbers, words, begins, places };
        for row in 0..Row::try_from(rows).ok()? {
            let mut place = table.first_place(table.word(row.into()));
            while table.places[place] != 0 {
                place = (place + 1) % table.places.len();
            }
            table.places[place] = row + 1;
        }
        sound.then_some(table)
    }

    fn first_place(&self, word: &str) -> usize {
        (hashing::of(word) >> 32) as usize & (self.places.len() - 1)
    }

    fn word(&self, row: usize) -> &'static str {
        let range = self.begins.get(row).zip(self.begins.get(row + 1));
        let range = range.map(|(begin, next)| *begin as usize..*next as usize - 1);
        range.and_then(|range| self.words.get(range)).unwrap_or_default()
    }

    fn find(&self, word: &str) -> Option<Row> {
        if self.places.is_empty() {
            return None;
        }
        let mut place = self.first_place(word);
        loop {
            // At least half of the places are free.
            let row = self.places.get(place)?.checked_sub(1)?;
            if self.word(row.into()) == word {
                return Some(row);
            }
            place = (place + 1) % self.places.len();
        }
    }

    /// The numbers of a row as they are kept, and its scale.
    fn packed(&self, row: Row) -> (&'static [u8], f32) {
        let row = usize::from(row);
        let half = self.dimensions / 2;
        let packed = self.numbers.get(row * half..(row + 1) * half).unwrap_or_default();
        (packed, self.scales.get(row).copied().unwrap_or_default())
    }

    /// Adds a row's numbers as they are kept, `times` over.
    fn add_steps(&self, row: Row, times: i16, sum: &mut [i16]) {
        let (packed, _) = self.packed(row);
        let (low, high) = sum.split_at_mut(self.dimensions / 2);
        for ((low, high), byte) in low.iter_mut().zip(high).zip(packed) {
            *low = low.wrapping_add(times.wrapping_mul(i16::from(byte & 0x0f)));
            *high = high.wrapping_add(times.wrapping_mul(i16::from(byte >> 4)));
        }
    }

    /// Adds the sum of `rows` to the end of `all`, rounded to a part of a thousand or so: in numbers of 16 bits,
    /// of which a processor adds up more at once.
    fn extend(&self, all: &mut Vec<f32>, rows: &[Row], sums: &mut [i16]) {
        let scale = |row: &Row| self.packed(*row).1;
        let most = rows.iter().map(scale).sum::<f32>().max(f32::MIN_POSITIVE);
        let unit = MAX_TIMES / most;
        // Rounded: none is negative.
        let times = |row: &Row| (scale(row) * unit + 0.5) as i16;
        sums.fill(0);
        let mut all_times = 0i16;
        for row in rows {
            let times = times(row);
            all_times = all_times.wrapping_add(times);
            self.add_steps(*row, times, sums);
        }
        // Numbers are kept 8 more than they are. The difference is small, whatever both have wrapped round.
        let number = |sum: &i16| f32::from(sum.wrapping_sub(all_times.wrapping_mul(8)));
        all.extend(sums.iter().map(|sum| number(sum) * (most / MAX_TIMES)));
    }

    fn add(&self, row: Row, sum: &mut [f32]) {
        let half = self.dimensions / 2;
        let (packed, scale) = self.packed(row);
        let (low, high) = sum.split_at_mut(half);
        for ((low, high), byte) in low.iter_mut().zip(high).zip(packed) {
            *low += scale * (f32::from(byte & 0x0f) - 8.0);
            *high += scale * (f32::from(byte >> 4) - 8.0);
        }
    }
}

/// The number of these bits of a half-precision float; scales are never infinite.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    match exponent {
        0 => sign * fraction * 2f32.powi(-24),
        _ => sign * (1.0 + fraction / 1024.0) * 2f32.powi(exponent - 15),
    }
}

/// Whether the folded `word` is a row of its own: a word of English, or a name that English has.
pub(crate) fn knows(word: &str) -> bool {
    TABLE.find(word).is_some()
}

/// The length of the row of a folded word, if it is one of its own: short for words that are
/// everywhere.
pub(crate) fn length(word: &str) -> Option<f32> {
    Some(Sum::of(&[TABLE.find(word)?]).length())
}

/// The length of the rows of what a folded word means in another language than English.
pub(crate) fn length_in(word: &str, language: Language) -> Option<f32> {
    let mut rows = Vec::new();
    lexicon::add_rows(word, language, &mut rows).then(|| Sum::of(&rows).length())
}

/// The row of a folded English word.
pub(super) fn row(word: &str) -> Option<Row> {
    TABLE.find(word)
}

/// Whether the folded `word` has a place of its own in a text in `language`.
pub(crate) fn knows_in(word: &str, language: Language) -> bool {
    match is_english(language) {
        true => knows(word),
        false => lexicon::add_rows(word, language, &mut Vec::new()),
    }
}

/// Whether vectors of texts in `language` say something.
pub(crate) fn reads(language: Language) -> bool {
    is_english(language) || lexicon::has(language)
}

/// Where it is not known, what is no word of English has no row anyway.
fn is_english(language: Language) -> bool {
    matches!(language, Language::English | Language::Other)
}

/// The rows of a folded word in a text in one of `languages`, the likeliest first.
pub(crate) fn rows(word: &str, languages: &[Language], rows: &mut Vec<Row>) {
    let first = languages.first().copied().unwrap_or_default();
    if !is_english(first) && text::is_function_word(word, first) {
        return;
    }
    for language in languages {
        if !is_english(*language) && lexicon::add_rows(word, *language, rows) {
            return;
        }
        if is_english(*language) && knows(word) {
            return english_rows(word, rows);
        }
    }
    match languages.iter().any(|language| is_english(*language)) {
        true => english_rows(word, rows),
        // Names, and words that others took from English.
        false => rows.extend(TABLE.find(word)),
    }
}

/// The rows of a folded English word: its own, or those that it is cut into, longest first. None for
/// what is not in Latin letters.
fn english_rows(word: &str, rows: &mut Vec<Row>) {
    for run in word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty()) {
        match TABLE.find(run) {
            Some(row) => rows.push(row),
            None if word.is_ascii() => cut(run, rows),
            None => {}
        }
    }
}

fn cut(word: &str, rows: &mut Vec<Row>) {
    let (mut begin, before) = (0, rows.len());
    let mut piece = String::from("##");
    while begin < word.len() && rows.len() < before + MAX_PIECES {
        let longest = word.len().min(begin + MAX_LETTERS);
        let found = (begin + 1..=longest).rev().find_map(|end| {
            piece.truncate(2);
            piece.push_str(&word[begin..end]);
            let key = if begin == 0 { &piece[2..] } else { piece.as_str() };
            // A word's first letter alone says nothing.
            let long = begin > 0 || end > 1;
            TABLE.find(key).filter(|_| long).map(|row| (row, end))
        });
        let Some((row, end)) = found else { return rows.truncate(before) };
        rows.push(row);
        begin = end;
    }
}

/// Adds up rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sum(Vec<f32>);

impl Default for Sum {
    fn default() -> Self {
        Self(vec![0.0; TABLE.dimensions])
    }
}

impl Sum {
    /// That of these rows.
    pub fn of(rows: &[Row]) -> Self {
        let mut sum = Self::default();
        sum.add(rows);
        sum
    }

    pub fn add(&mut self, rows: &[Row]) {
        rows.iter().for_each(|row| TABLE.add(*row, &mut self.0));
    }

    fn add_numbers(&mut self, others: &[f32]) {
        self.0.iter_mut().zip(others).for_each(|(a, b)| *a += b);
    }

    pub fn clear(&mut self) {
        self.0.fill(0.0);
    }

    /// The cosine with `vector`.
    pub fn cosine(&self, vector: &Vector) -> f32 {
        let length = self.length();
        if length > 0.0 { dot(&self.0, vector.numbers()) / length } else { 0.0 }
    }

    fn length(&self) -> f32 {
        dot(&self.0, &self.0).sqrt()
    }

    pub fn vector(self) -> Option<Vector> {
        Vector::new(self.0).ok()
    }
}

/// The vector of `text` in one of `languages`, the likeliest first; `None` if none of its words has a row.
pub fn embed(text: &str, languages: &[Language]) -> Option<Vector> {
    of_words(words_of(text).iter().map(String::as_str), languages)
}

/// The folded words of a text as an index has them: of a script without spaces its clusters, and each two
/// in a row.
fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text::words(text).take(MAX_WORDS).collect();
    let unspaced = |word: &String| !word.is_ascii() && text::is_unspaced(word);
    let two = words.windows(2).filter(|two| two.iter().all(unspaced));
    let mut pairs: Vec<String> = two.map(|two| two.concat()).collect();
    words.append(&mut pairs);
    words
}

/// The vector of a text of these folded words in one of `languages`.
pub(crate) fn of_words<'w>(
    words: impl Iterator<Item = &'w str>,
    languages: &[Language],
) -> Option<Vector> {
    let (mut sum, mut found) = (Sum::default(), Vec::new());
    for word in words {
        found.clear();
        rows(word, languages, &mut found);
        sum.add(&found);
    }
    sum.vector()
}

/// The vectors of `texts` in `language`, in their order; those without a word that is known are near
/// nothing.
pub(crate) fn of_texts<'t>(texts: impl Iterator<Item = &'t str>, language: Language) -> Vectors {
    let mut all = Vectors::of_dimensions(MODEL, TABLE.dimensions);
    // Most words come again.
    let mut known: HashMap<String, Box<[Row]>> = HashMap::new();
    for text in texts {
        let mut sum = Sum::default();
        for word in words_of(text) {
            let found = known.entry(word).or_insert_with_key(|word| {
                let mut found = Vec::new();
                rows(word, &[language], &mut found);
                found.into()
            });
            sum.add(found);
        }
        match sum.vector() {
            // All are of one length.
            Some(vector) => all.push(&vector).unwrap_or_else(|_| all.push_none()),
            None => all.push_none(),
        }
    }
    all
}

/// The vectors of passages in `language`, headings included, in their order.
pub(crate) fn of_passages(chunks: &[Chunk], language: Language) -> Vectors {
    let texts: Vec<String> = chunks.iter().map(passage_text).collect();
    of_texts(texts.iter().map(String::as_str), language)
}

/// `vectors` of passages in `language` that were stored, if they are what this table makes of them.
pub(crate) fn still_valid(vectors: Vectors, language: Language) -> Option<Vectors> {
    match vectors.model() {
        MODEL => Some(vectors),
        ENGLISH_ALONE if is_english(language) => Some(vectors.renamed(MODEL)),
        _ => None,
    }
}

impl Index {
    /// The cosine of `vector` with the part of an entry that is nearest to it: this many words, a step
    /// apart.
    pub(crate) fn nearest_part(
        &self,
        entry: u32,
        vector: &Vector,
        part: usize,
        step: usize,
    ) -> f32 {
        let step = step.max(1);
        // Steps are added up once and each belongs to as many parts as it takes to make one.
        let dimensions = TABLE.dimensions.max(1);
        let mut steps: Vec<f32> =
            Vec::with_capacity(dimensions * self.length(entry).div_ceil(step));
        let (mut rows, mut count, mut sums) = (Vec::new(), 0, vec![0; dimensions]);
        self.each_word(entry, |word, _| {
            count += 1;
            rows.extend(self.rows_of(word));
            if count % step == 0 {
                TABLE.extend(&mut steps, &rows, &mut sums);
                rows.clear();
            }
        });
        if count % step != 0 {
            TABLE.extend(&mut steps, &rows, &mut sums);
        }
        let together = (part / step).clamp(1, count.div_ceil(step).max(1));
        let (mut sum, mut best) = (Sum::default(), 0f32);
        for parts in steps.windows(together * dimensions).step_by(dimensions) {
            sum.clear();
            parts.chunks_exact(dimensions).for_each(|part| sum.add_numbers(part));
            best = best.max(sum.cosine(vector));
        }
        best
    }

    /// The rows of a word, which are looked up once.
    pub(crate) fn rows_of(&self, word: u32) -> &[Row] {
        let Some(known) = self.rows.get(word as usize) else { return &[] };
        known.get_or_init(|| {
            let mut found = Vec::new();
            let word = self.vocabulary.words.get(word as usize);
            if let Some(word) = word {
                rows(word.plain(), &[word.language], &mut found);
            }
            found.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound_and_small() {
        assert!(FILE.len() <= 3_000_000, "{} bytes", FILE.len());
        assert_eq!(TABLE.dimensions, 128);
        assert!(TABLE.scales.len() > 20_000);
        assert!((1..TABLE.scales.len()).all(|row| TABLE.word(row - 1) < TABLE.word(row)));
        assert!(knows("password") && !knows("passwrod"));
    }

    #[test]
    fn what_is_said_of_the_same_things_is_near() {
        let near = |a: &str, b: &str| {
            embed(a, &[Language::English]).unwrap().cosine(&embed(b, &[Language::English]).unwrap())
        };
        let same = near("stop my subscription", "Cancel my plan");
        assert!(same > 0.35, "{same}");
        let other = near("stop my subscription", "write me a poem");
        assert!(other < 0.2, "{other}");
        assert!(near("refund", "Refund!") > 0.999);
        assert!(embed("二十四 Ελλάδα", &[Language::Other]).is_none());
        // Cut into pieces that have rows.
        assert!(embed("unsubscribable", &[Language::English]).is_some());
    }

    #[test]
    fn half_floats_are_read() {
        assert_eq!(
            [half(0x3c00), half(0xc000), half(0x3555), half(1)],
            [1.0, -2.0, 0.333_251_95, 2f32.powi(-24)]
        );
    }
}
