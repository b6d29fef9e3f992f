//! Text as numbers: each word a number, and so is whatever is between two words.
//!
//! This is the spaceless word model of Moura, Navarro, Ziviani and Baeza-Yates ("Fast and flexible
//! word searching on compressed text", 2000): a single space between two words is left out, so that
//! most of what is kept is one small number for each word. The numbers are both the text, from
//! which it is put together again to the byte, and what is indexed: a number leads to its word in
//! lower case, and that to its term. So a segment needs no postings, and loading it cuts no text
//! into words; nor does it put any together, since few passages are ever quoted.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::text::{self, Stems};

/// A number of no word: of what is between words.
pub const NO_WORD: u32 = u32::MAX;

/// Strings, one after the other.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Strings {
    written: String,
    /// How many bytes each has.
    lengths: Vec<u32>,
}

impl Strings {
    fn push(&mut self, text: &str) {
        self.written.push_str(text);
        self.lengths.push(place(text.len()));
    }

    fn read(&self) -> Option<Vec<Arc<str>>> {
        let mut begin = 0;
        let mut all = Vec::with_capacity(self.lengths.len().min(self.written.len() + 1));
        for length in &self.lengths {
            let end = begin + *length as usize;
            all.push(self.written.get(begin..end)?.into());
            begin = end;
        }
        Some(all)
    }
}

/// What there is to write with: every word and everything between words, with the terms of words.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    written: Strings,
    /// The word of each piece, one more than its place among the words; 0 for what is no word.
    words_of: Vec<u32>,
    /// The words in lower case, accents included.
    words: Strings,
    /// The term of each word, by its place among the terms.
    terms_of: Vec<u32>,
    terms: Strings,
}

/// Words of a segment, their terms, and what reads its numbers.
#[derive(Debug, Default)]
pub struct Read {
    pub words: Vec<Arc<str>>,
    /// Of each word: its term's place.
    pub terms_of: Vec<u32>,
    pub terms: Vec<Arc<str>>,
    pub reader: Reader,
}

/// Learns pieces while it turns texts into numbers.
pub struct Writer {
    stems: Stems,
    by_piece: HashMap<String, u32>,
    /// Each with its word and how often it came.
    pieces: Vec<(String, u32, u32)>,
    by_word: HashMap<String, u32>,
    /// Each with its term.
    words: Vec<(String, u32)>,
    by_term: HashMap<String, u32>,
    terms: Vec<String>,
}

impl Writer {
    /// One that takes terms by `stems`.
    pub fn new(stems: Stems) -> Self {
        Self {
            stems,
            by_piece: HashMap::new(),
            pieces: Vec::new(),
            by_word: HashMap::new(),
            words: Vec::new(),
            by_term: HashMap::new(),
            terms: Vec::new(),
        }
    }

    /// The numbers of `text`.
    pub fn write(&mut self, text: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        let mut end = 0;
        let mut after_word = false;
        for (at, word) in text::spans(text) {
            let between = &text[end..at];
            if !(after_word && between == " ") {
                // Two words that nothing parts have an empty piece between them.
                if !between.is_empty() || after_word {
                    numbers.push(self.piece(between, false));
                }
            }
            numbers.push(self.piece(word, true));
            end = at + word.len();
            after_word = true;
        }
        if end < text.len() {
            numbers.push(self.piece(&text[end..], false));
        }
        numbers
    }

    fn piece(&mut self, piece: &str, is_word: bool) -> u32 {
        if let Some(at) = self.by_piece.get(piece) {
            self.pieces[*at as usize].2 += 1;
            return *at;
        }
        let at = place(self.pieces.len());
        let word = if is_word { self.word(piece) } else { NO_WORD };
        self.by_piece.insert(piece.to_owned(), at);
        self.pieces.push((piece.to_owned(), word, 1));
        at
    }

    fn word(&mut self, written: &str) -> u32 {
        let lower = text::lower(written);
        if let Some(at) = self.by_word.get(&lower) {
            return *at;
        }
        let at = place(self.words.len());
        let term = self.stems.term(written);
        let next = place(self.terms.len());
        let term_at = *self.by_term.entry(term.clone()).or_insert(next);
        if term_at == next {
            self.terms.push(term);
        }
        self.by_word.insert(lower.clone(), at);
        self.words.push((lower, term_at));
        at
    }

    /// The pieces, the most frequent first so that their numbers are short, and for each number
    /// given so far the one that takes its place.
    pub fn end(self) -> (Pieces, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.pieces.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.pieces[*a], &self.pieces[*b]);
            b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0))
        });
        let mut now = vec![0; order.len()];
        let mut made = Pieces::default();
        for (new, old) in (0u32..).zip(order) {
            let (piece, word, _) = &self.pieces[old];
            now[old] = new;
            made.written.push(piece);
            made.words_of.push(word.wrapping_add(1));
        }
        for (word, term) in &self.words {
            made.words.push(word);
            made.terms_of.push(*term);
        }
        self.terms.iter().for_each(|term| made.terms.push(term));
        (made, now)
    }
}

/// A word or what is between words: where it is written, and its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    begin: u32,
    end: u32,
    word: u32,
}

/// Turns numbers into text again, and into words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    written: String,
    pieces: Vec<Piece>,
}

impl Pieces {
    /// The words and terms, by their places, and what reads numbers. `None` if these are no
    /// pieces, since they were read from a broken blob.
    pub fn read(self) -> Option<Read> {
        let Self { written, words_of, words, terms_of, terms } = self;
        let (words, terms) = (words.read()?, terms.read()?);
        let sound = terms_of.len() == words.len()
            && terms_of.iter().all(|term| (*term as usize) < terms.len());
        if !sound || written.lengths.len() != words_of.len() {
            return None;
        }
        let mut begin = 0u32;
        let mut pieces = Vec::with_capacity(words_of.len());
        for (length, word) in written.lengths.into_iter().zip(words_of) {
            let end = begin.checked_add(length)?;
            written.written.get(begin as usize..end as usize)?;
            if word > place(words.len()) {
                return None;
            }
            pieces.push(Piece { begin, end, word: word.wrapping_sub(1) });
            begin = end;
        }
        let reader = Reader { written: written.written, pieces };
        Some(Read { words, terms_of, terms, reader })
    }
}

impl Reader {
    /// How many words `numbers` are. `None` if one of them is of no piece.
    pub fn count_words(&self, numbers: &[u32]) -> Option<usize> {
        let mut words = 0;
        for number in numbers {
            words += usize::from(self.pieces.get(*number as usize)?.word != NO_WORD);
        }
        Some(words)
    }

    /// The text of `numbers`.
    pub fn text(&self, numbers: &[u32]) -> String {
        let mut text = String::with_capacity(numbers.len() * 6);
        let mut after_word = false;
        for Piece { begin, end, word } in self.find(numbers) {
            let is_word = word != NO_WORD;
            if is_word && after_word {
                text.push(' ');
            }
            text.push_str(self.written.get(begin as usize..end as usize).unwrap_or_default());
            after_word = is_word;
        }
        text
    }

    /// For each number in order: what `names` has in the place of its word, or [`NO_WORD`].
    pub fn numbered(&self, names: &[u32]) -> Vec<u32> {
        let name = |piece: &Piece| names.get(piece.word as usize).copied().unwrap_or(NO_WORD);
        self.pieces.iter().map(name).collect()
    }

    /// The number of what is between words and written like this.
    pub fn between(&self, written: &str) -> Option<u32> {
        let is = |piece: &Piece| {
            piece.word == NO_WORD
                && self.written.get(piece.begin as usize..piece.end as usize) == Some(written)
        };
        self.pieces.iter().position(is).map(place)
    }

    fn find(&self, numbers: &[u32]) -> impl Iterator<Item = Piece> {
        numbers.iter().filter_map(|number| self.pieces.get(*number as usize)).copied()
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_to_the_byte_with_its_words_and_terms() {
        let texts = [
            "Pears keep for a week. Pears  are sweet!",
            "",
            " led by a space, 二十四 日本語 and «quotes» \n\t- a list\n- x_y.z's\u{301} 👍🏽",
            "a b",
            "  ",
            "C++ isn't C#, wi-fi at -20",
        ];
        let mut writer = Writer::new(Stems::default());
        let numbers: Vec<Vec<u32>> = texts.iter().map(|text| writer.write(text)).collect();
        let (pieces, now) = writer.end();
        let Read { words, terms_of, terms, reader } = pieces.read().unwrap();
        let places: Vec<u32> = (0..place(words.len())).collect();
        let of_number = reader.numbered(&places);
        for (text, numbers) in texts.iter().zip(numbers) {
            let numbers: Vec<u32> = numbers.iter().map(|n| now[*n as usize]).collect();
            assert_eq!(reader.text(&numbers), *text);
            let found = numbers.iter().map(|n| of_number[*n as usize]).filter(|w| *w != NO_WORD);
            let found: Vec<usize> = found.map(|word| word as usize).collect();
            assert_eq!(reader.count_words(&numbers), Some(found.len()));
            let terms: Vec<&str> =
                found.iter().map(|word| &*terms[terms_of[*word] as usize]).collect();
            assert_eq!(terms, Stems::default().terms(text).collect::<Vec<_>>());
            let lower: Vec<&str> = found.iter().map(|word| &*words[*word]).collect();
            assert_eq!(lower, text::spans(text).map(|(_, w)| text::lower(w)).collect::<Vec<_>>());
        }
        assert!(reader.count_words(&[u32::MAX]).is_none());
        assert!(reader.between("-").is_some() && reader.between("pears").is_none());
    }
}
