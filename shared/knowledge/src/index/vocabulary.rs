//! The words of an index and their terms: looking up what a question asks for, and correcting it.

use std::{collections::HashMap, sync::Arc};

use crate::text::{self, Language};

/// No word.
pub(crate) const NONE: u32 = u32::MAX;

/// Letters that a word has at least to be taken for a slip of another, and to have two.
const MIN_LETTERS: usize = 4;
const MIN_LETTERS_OF_TWO: usize = 8;
/// Letters of the longest word that is compared.
const MAX_LETTERS: usize = 32;

/// A word as entries have it.
pub(crate) struct Word {
    /// In lower case.
    pub lower: Arc<str>,
    /// Without accents, where that is another form.
    plain: Option<Arc<str>>,
    pub term: u32,
    /// Another word of the same letters and another term, as two languages may have it.
    next: u32,
    /// Another word that is the same without accents.
    next_plain: u32,
    /// How often it is there.
    pub count: u32,
    /// Its letters as a set, by which most words are passed over, and how many they are.
    letters: (u32, u8),
    /// Whether it is a cluster of a script without spaces.
    pub unspaced: bool,
    /// Of a text that has it: the first in the order of [`Language`].
    pub language: Language,
}

impl Word {
    /// As it is compared.
    pub fn plain(&self) -> &str {
        self.plain.as_ref().unwrap_or(&self.lower)
    }
}

/// All words and terms of an index.
#[derive(Default)]
pub(crate) struct Vocabulary {
    pub words: Vec<Word>,
    /// Of each word: its term, beside those of others.
    pub terms_of: Vec<u32>,
    by_lower: HashMap<Arc<str>, u32>,
    /// Words by their plain form, where that is not the lower-case one.
    by_plain: HashMap<Arc<str>, u32>,
    terms: HashMap<Arc<str>, u32>,
    /// Of each term: whether it is of a function word, or of a single cluster.
    pub kinds: Vec<TermKind>,
    joined: HashMap<(u32, u32), u32>,
}

/// What a term is of, by which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TermKind {
    #[default]
    Content,
    Function,
    /// A single cluster of a script without spaces.
    Cluster,
}

impl Vocabulary {
    pub fn reserve(&mut self, words: usize) {
        let more = words.saturating_sub(self.words.len());
        self.words.reserve(more);
        self.terms_of.reserve(more);
        self.by_lower.reserve(more);
        self.terms.reserve(more);
    }

    pub fn terms(&self) -> usize {
        self.kinds.len()
    }

    /// The place of `term`.
    pub fn term(&self, term: &str) -> Option<u32> {
        self.terms.get(term).copied()
    }

    /// The place of `term`, which is added if it is not there.
    pub fn add_term(&mut self, term: &Arc<str>) -> u32 {
        if let Some(at) = self.terms.get(term) {
            return *at;
        }
        let at = place(self.kinds.len());
        self.terms.insert(term.clone(), at);
        self.kinds.push(TermKind::Content);
        at
    }

    /// The place of the word `lower` of `term` in a text in `language`.
    pub fn add_word(&mut self, lower: &Arc<str>, term: u32, language: Language) -> u32 {
        let mut last = NONE;
        let mut at = self.by_lower.get(lower).copied().unwrap_or(NONE);
        while let Some(word) = self.words.get(at as usize) {
            if word.term == term {
                self.note_language(at, language);
                return at;
            }
            (last, at) = (at, word.next);
        }
        let at = place(self.words.len());
        match self.words.get_mut(last as usize) {
            Some(word) => word.next = at,
            None => {
                self.by_lower.insert(lower.clone(), at);
            }
        }
        let plain = (!is_plain(lower)).then(|| text::folded(lower)).filter(|p| **p != **lower);
        let plain: Option<Arc<str>> = plain.map(Into::into);
        let next_plain = match &plain {
            Some(plain) => self.by_plain.insert(plain.clone(), at).unwrap_or(NONE),
            None => NONE,
        };
        let compared = plain.as_ref().unwrap_or(lower);
        let letters = letters(compared);
        let unspaced = !compared.is_ascii() && text::is_unspaced(compared);
        let kind = self.kinds.get_mut(term as usize);
        if let Some(kind) = kind {
            if unspaced && text::is_cluster(compared) {
                *kind = TermKind::Cluster;
            } else if is_function_word(lower, compared, language) {
                *kind = TermKind::Function;
            }
        }
        let word = Word {
            lower: lower.clone(),
            plain,
            term,
            next: NONE,
            next_plain,
            count: 0,
            letters,
            unspaced,
            language,
        };
        self.words.push(word);
        self.terms_of.push(term);
        at
    }

    /// Which of several languages counts does not depend on the order that texts come in.
    fn note_language(&mut self, at: u32, language: Language) {
        if let Some(word) = self.words.get_mut(at as usize)
            && (language as u32) < word.language as u32
        {
            word.language = language;
        }
    }

    /// The word that two neighbours make together.
    pub fn join(
        &mut self,
        two: (u32, u32),
        language: Language,
        term: impl FnOnce(&str) -> String,
    ) -> u32 {
        if let Some(at) = self.joined.get(&two) {
            return *at;
        }
        let lower = |at: u32| self.words.get(at as usize).map_or("", |word| &*word.lower);
        let joined: Arc<str> = [lower(two.0), lower(two.1)].concat().into();
        let term = self.add_term(&term(&joined).into());
        let at = self.add_word(&joined, term, language);
        self.joined.insert(two, at);
        at
    }

    /// The words that are written like `lower` or, accents aside, `plain`.
    pub fn written(&self, lower: &str, plain: &str) -> impl Iterator<Item = u32> {
        let first = self.by_plain.get(plain).copied().unwrap_or(NONE);
        let accented = self.chain(first, |word| word.next_plain);
        let other = self.spelled(plain).filter(move |_| lower != plain);
        self.spelled(lower).chain(accented).chain(other)
    }

    /// The words that are written exactly like `lower`.
    pub fn spelled(&self, lower: &str) -> impl Iterator<Item = u32> {
        let first = self.by_lower.get(lower).copied().unwrap_or(NONE);
        self.chain(first, |word| word.next)
    }

    fn chain(&self, mut at: u32, next: fn(&Word) -> u32) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let word = self.words.get(at as usize)?;
            Some(std::mem::replace(&mut at, next(word)))
        })
    }

    /// The word that `plain`, which is not among them, is most likely a slip of: one edit away, or
    /// two if it is long; of several the nearest, then the most frequent.
    pub fn correction(&self, plain: &str) -> Option<(u32, usize)> {
        let asked: Vec<char> = plain.chars().collect();
        let correctable = (MIN_LETTERS..=MAX_LETTERS).contains(&asked.len())
            && asked.iter().all(|c| c.is_alphabetic());
        if !correctable {
            return None;
        }
        let most = if asked.len() >= MIN_LETTERS_OF_TWO { 2 } else { 1 };
        let (set, count) = letters(plain);
        let mut theirs = Vec::with_capacity(MAX_LETTERS);
        let mut best: Option<(usize, std::cmp::Reverse<u32>, &str, u32)> = None;
        for (at, word) in (0u32..).zip(&self.words) {
            let (their_set, their_count) = word.letters;
            // An edit changes two letters of the set at most.
            if (set ^ their_set).count_ones() as usize > 2 * most
                || usize::from(their_count.abs_diff(count)) > most
            {
                continue;
            }
            theirs.clear();
            theirs.extend(word.plain().chars());
            let distance = distance(&asked, &theirs, most);
            // Of four letters only two that changed places: any other edit is another word.
            let swapped =
                asked.len() > MIN_LETTERS || (theirs.len() == asked.len() && their_set == set);
            if distance > most || word.count == 0 || !swapped {
                continue;
            }
            // Of those alike the first by its letters: which was read first is chance.
            let found = (distance, std::cmp::Reverse(word.count), &*word.lower, at);
            if best.is_none_or(|best| found < best) {
                best = Some(found);
            }
        }
        best.map(|(distance, .., at)| (at, distance))
    }
}

/// Whether a word, in lower case and without accents, is a function word of `language`.
fn is_function_word(lower: &str, plain: &str, language: Language) -> bool {
    match language {
        Language::Vietnamese => text::is_toned_function_word(lower),
        _ => text::is_function_word(plain, language),
    }
}

/// Whether a word in lower case is its own plain form for sure.
fn is_plain(lower: &str) -> bool {
    lower.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The letters of a word as a set of 32, and how many they are.
fn letters(word: &str) -> (u32, u8) {
    word.chars().fold((0, 0), |(set, count): (u32, u8), c| {
        (set | 1 << (u32::from(c) % 32), count.saturating_add(1))
    })
}

/// How many letters have to be changed, left out, added or swapped with the next to make one word
/// of the other (optimal string alignment); more than `most` once it is more.
fn distance(a: &[char], b: &[char], most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most || b.len() > MAX_LETTERS {
        return most + 1;
    }
    // The row before the last, the last, and the one that is filled in.
    let (mut before, mut last, mut row) =
        ([0; MAX_LETTERS + 1], [0; MAX_LETTERS + 1], [0; MAX_LETTERS + 1]);
    last.iter_mut().enumerate().for_each(|(at, cell)| *cell = at);
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut cell = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cell = cell.min(before[j - 2] + 1);
            }
            row[j] = cell;
            least = least.min(cell);
        }
        if least > most {
            return most + 1;
        }
        (before, last, row) = (last, row, before);
    }
    last[b.len()]
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[(&str, u32)]) -> Vocabulary {
        let mut made = Vocabulary::default();
        for (word, count) in words {
            let term = made.add_term(&(*word).into());
            let at = made.add_word(&(*word).into(), term, Language::English);
            made.words[at as usize].count = *count;
        }
        made
    }

    #[test]
    fn edits_are_counted_up_to_what_matters() {
        let of = |a: &str, b: &str, most| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            distance(&a, &b, most)
        };
        assert_eq!(of("password", "password", 2), 0);
        assert_eq!(of("apssword", "password", 2), 1);
        assert_eq!(of("pasword", "password", 2), 1);
        assert_eq!(of("passwordd", "password", 2), 1);
        assert_eq!(of("pessward", "password", 2), 2);
        assert_eq!(of("refund", "returns", 2), 3);
    }

    #[test]
    fn a_slip_is_taken_for_the_nearest_and_most_frequent_word() {
        let words = [("refund", 3), ("refunds", 9), ("return", 5), ("parcel", 1), ("rest", 2)];
        let words = vocabulary(&words);
        let of = |slip: &str| {
            words.correction(slip).map(|(at, _)| words.words[at as usize].lower.to_string())
        };
        assert_eq!(of("refnud").as_deref(), Some("refund"));
        assert_eq!(of("retunr").as_deref(), Some("return"));
        assert_eq!(of("pracel").as_deref(), Some("parcel"));
        assert_eq!(of("zebra"), None);
        assert_eq!(of("best"), None, "another word of four letters");
        assert_eq!(of("rset").as_deref(), Some("rest"));
        assert_eq!(of("xk2000"), None, "a code");
    }

    #[test]
    fn words_are_found_with_accents_and_without() {
        let words = vocabulary(&[("café", 1), ("cafe", 1), ("zürich", 1)]);
        let of = |lower: &str, plain: &str| words.written(lower, plain).count();
        assert_eq!(of("cafe", "cafe"), 2);
        assert_eq!(of("café", "cafe"), 3, "by either form");
        assert_eq!(of("zurich", "zurich"), 1);
        assert_eq!(of("bern", "bern"), 0);
    }
}
