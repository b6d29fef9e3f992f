//! Text as numbers: each word a number, and so is whatever stands between two words.
//!
//! This is the spaceless word model of Moura, Navarro, Ziviani and Baeza-Yates ("Fast and flexible
//! word searching on compressed text", 2000): a single space between two words is left out, so that
//! most of what is kept is one small number for each word. The numbers are both the text, from
//! which it is put together again to the byte, and what is indexed: a word's number leads to its
//! term. So a segment needs no postings, and loading it cuts no text into words; nor does it put
//! any together, since few passages are ever quoted.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::text::{self, Stems};

/// A number that stands for no term: of what is between words.
pub const NO_TERM: u32 = u32::MAX;

/// What there is to write with: every word and everything between words, with the terms of words.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// All written one after the other.
    written: String,
    /// How many bytes each has.
    lengths: Vec<u32>,
    /// The term of each, one more than its place among the terms; 0 for what is no word.
    terms: Vec<u32>,
    /// The terms, one after the other.
    terms_written: String,
    terms_lengths: Vec<u32>,
}

/// Learns pieces while it turns texts into numbers.
#[derive(Default)]
pub struct Writer {
    stems: Stems,
    by_piece: HashMap<String, u32>,
    pieces: Vec<(String, u32, u32)>,
    by_term: HashMap<String, u32>,
    terms: Vec<String>,
}

impl Writer {
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
        let term = if is_word { self.term(piece) } else { NO_TERM };
        self.by_piece.insert(piece.to_owned(), at);
        self.pieces.push((piece.to_owned(), term, 1));
        at
    }

    fn term(&mut self, word: &str) -> u32 {
        let term = self.stems.term(word);
        if let Some(at) = self.by_term.get(&term) {
            return *at;
        }
        let at = place(self.terms.len());
        self.by_term.insert(term.clone(), at);
        self.terms.push(term);
        at
    }

    /// The pieces, the most frequent first so that their numbers are short, and for each number
    /// given so far the one that stands for it now.
    pub fn end(self) -> (Pieces, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.pieces.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.pieces[*a], &self.pieces[*b]);
            b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0))
        });
        let mut now = vec![0; order.len()];
        let mut made = Pieces::default();
        for (new, old) in (0u32..).zip(order) {
            let (piece, term, _) = &self.pieces[old];
            now[old] = new;
            made.written.push_str(piece);
            made.lengths.push(place(piece.len()));
            made.terms.push(term.wrapping_add(1));
        }
        for term in &self.terms {
            made.terms_written.push_str(term);
            made.terms_lengths.push(place(term.len()));
        }
        (made, now)
    }
}

/// A word or what is between words: where it is written, and its term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    begin: u32,
    end: u32,
    term: u32,
}

/// Turns numbers into text again, and into terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    written: String,
    pieces: Vec<Piece>,
}

impl Pieces {
    /// The terms, by their places, and what reads numbers. `None` if these are no pieces, since
    /// they were read from a broken blob.
    pub fn read(self) -> Option<(Vec<Arc<str>>, Reader)> {
        let Self { written, lengths, terms: of_pieces, terms_written, terms_lengths } = self;
        let mut begin = 0;
        let mut terms = Vec::with_capacity(terms_lengths.len());
        for length in terms_lengths {
            let end = begin + length as usize;
            terms.push(terms_written.get(begin..end)?.into());
            begin = end;
        }
        if lengths.len() != of_pieces.len() {
            return None;
        }
        let mut begin = 0u32;
        let mut pieces = Vec::with_capacity(lengths.len());
        for (length, term) in lengths.into_iter().zip(of_pieces) {
            let end = begin.checked_add(length)?;
            written.get(begin as usize..end as usize)?;
            if term > place(terms.len()) {
                return None;
            }
            pieces.push(Piece { begin, end, term: term.wrapping_sub(1) });
            begin = end;
        }
        Some((terms, Reader { written, pieces }))
    }
}

impl Reader {
    /// How many words `numbers` stand for. `None` if one of them stands for nothing.
    pub fn words(&self, numbers: &[u32]) -> Option<usize> {
        let mut words = 0;
        for number in numbers {
            words += usize::from(self.pieces.get(*number as usize)?.term != NO_TERM);
        }
        Some(words)
    }

    /// The text that `numbers` stand for.
    pub fn text(&self, numbers: &[u32]) -> String {
        let mut text = String::with_capacity(numbers.len() * 6);
        let mut after_word = false;
        for Piece { begin, end, term } in self.find(numbers) {
            let is_word = term != NO_TERM;
            if is_word && after_word {
                text.push(' ');
            }
            text.push_str(self.written.get(begin as usize..end as usize).unwrap_or_default());
            after_word = is_word;
        }
        text
    }

    /// The terms of the words that `numbers` stand for, in order.
    pub fn terms(&self, numbers: &[u32]) -> impl Iterator<Item = u32> {
        self.find(numbers).map(|piece| piece.term).filter(|term| *term != NO_TERM)
    }

    /// For each number in order: what `names` has in the place of its term, or [`NO_TERM`].
    pub fn numbered(&self, names: &[u32]) -> Vec<u32> {
        let name = |piece: &Piece| names.get(piece.term as usize).copied().unwrap_or(NO_TERM);
        self.pieces.iter().map(name).collect()
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
    fn text_comes_back_to_the_byte_with_its_terms() {
        let texts = [
            "Pears keep for a week. Pears  are sweet!",
            "",
            " led by a space, 二十四 日本語 and «quotes» \n\t- a list\n- x_y.z's\u{301} 👍🏽",
            "a b",
            "  ",
        ];
        let mut writer = Writer::default();
        let numbers: Vec<Vec<u32>> = texts.iter().map(|text| writer.write(text)).collect();
        let (pieces, now) = writer.end();
        let (names, reader) = pieces.read().unwrap();
        for (text, numbers) in texts.iter().zip(numbers) {
            let numbers: Vec<u32> = numbers.iter().map(|n| now[*n as usize]).collect();
            assert_eq!(reader.text(&numbers), *text);
            let terms: Vec<u32> = reader.terms(&numbers).collect();
            assert_eq!(reader.words(&numbers), Some(terms.len()));
            let terms: Vec<&str> = terms.iter().map(|at| &*names[*at as usize]).collect();
            assert_eq!(terms, Stems::default().terms(text).collect::<Vec<_>>());
        }
        assert!(reader.words(&[u32::MAX]).is_none());
    }
}
