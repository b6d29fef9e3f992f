//! Runs of four characters within words: what is alike of two forms of a word, of a compound and
//! its parts, of a word and its misspelling, in any language that has letters.

use super::{Index, vocabulary::Word};
use crate::text::arabic_root;

/// Characters of a run.
const LENGTH: usize = 4;
/// Before and behind a word.
const EDGE: char = '_';
/// Before a root, which is what forms of an Arabic word have alike where runs are not.
const ROOT: char = '√';
/// What a root counts for beside a run: as much as the runs of a whole word.
const ROOT_WEIGHT: f32 = 8.0;
/// Runs of a question that are looked for: a bit each.
pub(crate) const MAX_GRAMS: usize = 64;
/// Words that one run leads to; one that more have says nothing.
const MAX_WORDS: usize = 1_500;
/// BM25's parameters, as for words.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Which words have a run.
#[derive(Default)]
pub(crate) struct Grams {
    /// Where each bucket of hashes begins, and where the last one ends.
    begins: Vec<u32>,
    /// The whole hash, and a word.
    words: Vec<(u32, u32)>,
}

impl Grams {
    pub fn of(words: &[Word]) -> Self {
        let buckets = (words.len() * 4).next_power_of_two().clamp(16, 1 << 18);
        let mut begins = vec![0u32; buckets + 1];
        let all = (0u32..).zip(words).filter(|(_, word)| !word.unspaced);
        all.clone().for_each(|(_, word)| {
            each(word.plain(), |hash, _| begins[bucket(hash, buckets)] += 1);
        });
        let mut sum = 0;
        for begin in &mut begins {
            sum += std::mem::replace(begin, sum);
        }
        let mut next = begins.clone();
        let mut found = vec![(0, 0); sum as usize];
        all.for_each(|(at, word)| {
            each(word.plain(), |hash, _| {
                let place = &mut next[bucket(hash, buckets)];
                found[*place as usize] = (hash, at);
                *place += 1;
            });
        });
        Self { begins, words: found }
    }

    fn find(&self, hash: u32) -> impl Iterator<Item = u32> {
        let buckets = self.begins.len().saturating_sub(1).max(1);
        let at = bucket(hash, buckets);
        let range = self.begins.get(at).zip(self.begins.get(at + 1));
        let range = range.map_or(0..0, |(begin, end)| *begin as usize..*end as usize);
        let found = self.words.get(range).unwrap_or_default();
        found.iter().filter(move |(other, _)| *other == hash).map(|(_, word)| *word)
    }
}

fn bucket(hash: u32, buckets: usize) -> usize {
    (hash as usize ^ (hash as usize >> 15)) & (buckets - 1)
}

/// The hash of each run of `_word_`, and what it counts for; a shorter word is one run. An Arabic word has its
/// root besides.
fn each(word: &str, mut take: impl FnMut(u32, f32)) {
    let mut run = [EDGE; LENGTH];
    let mut count = 0;
    for c in std::iter::once(EDGE).chain(word.chars()).chain(std::iter::once(EDGE)) {
        run.rotate_left(1);
        run[LENGTH - 1] = c;
        count += 1;
        if count >= LENGTH {
            take(hash(run), 1.0);
        }
    }
    if count < LENGTH {
        take(hash(run), 1.0);
    }
    if let Some(root) = arabic_root::root(word) {
        take(hash(std::iter::once(ROOT).chain(root.chars())), ROOT_WEIGHT);
    }
}

fn hash(run: impl IntoIterator<Item = char>) -> u32 {
    let mixed = run.into_iter().fold(0x811c_9dc5u64, |hash, c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
    });
    (mixed ^ mixed >> 32) as u32
}

/// A question as runs of characters, marked in the words of an index.
#[derive(Default)]
pub(crate) struct AskedGrams {
    /// What each run counts for.
    weights: Vec<f32>,
}

impl AskedGrams {
    /// What all count for together.
    pub fn total(&self) -> f32 {
        self.weights.iter().sum()
    }
}

/// By word: which runs of the question it has. All zero between searches.
#[derive(Default)]
pub(crate) struct Marks {
    bits: Vec<u64>,
    touched: Vec<u32>,
}

impl Marks {
    pub fn clear(&mut self) {
        for word in self.touched.drain(..) {
            self.bits[word as usize] = 0;
        }
    }
}

impl Index {
    /// Marks the words that have runs of `asked`, plain words of a question.
    pub(crate) fn mark_grams<'w>(
        &self,
        asked: impl Iterator<Item = &'w str>,
        marks: &mut Marks,
    ) -> AskedGrams {
        if marks.bits.len() < self.vocabulary.words.len() {
            marks.bits.resize(self.vocabulary.words.len(), 0);
        }
        let mut hashes: Vec<(u32, f32)> = Vec::new();
        for word in asked {
            each(word, |hash, times| {
                if hashes.len() < MAX_GRAMS && hashes.iter().all(|(other, _)| *other != hash) {
                    hashes.push((hash, times));
                }
            });
        }
        let entries = self.entries.len().max(super::MIN_ENTRIES) as f32;
        let mut grams = AskedGrams::default();
        for (bit, (hash, times)) in hashes.into_iter().enumerate() {
            let mut there = 0u32;
            for word in self.grams.find(hash).take(MAX_WORDS) {
                let bits = &mut marks.bits[word as usize];
                if *bits == 0 {
                    marks.touched.push(word);
                }
                *bits |= 1 << bit;
                there = there.saturating_add(self.vocabulary.words[word as usize].count);
            }
            // How many entries have it is not counted: as many as if it were there by chance.
            let frequency = entries * (1.0 - (-(there as f32) / entries).exp());
            grams.weights.push(times * super::idf(entries, frequency));
        }
        grams
    }

    /// What an entry has of the marked runs: its BM25, and their share by weight.
    pub(crate) fn gram_score(&self, entry: u32, grams: &AskedGrams, marks: &Marks) -> (f32, f32) {
        let mut counts = [0u16; MAX_GRAMS];
        let mut length = 0;
        self.each_word(entry, |word, _| {
            length += 1;
            let mut bits = marks.bits[word as usize];
            while bits != 0 {
                counts[bits.trailing_zeros() as usize] += 1;
                bits &= bits - 1;
            }
        });
        let norm = K1 * (1.0 - B + B * length as f32 / self.mean_length);
        let (mut score, mut covered) = (0.0, 0.0);
        for (count, weight) in counts.iter().zip(&grams.weights).filter(|(count, _)| **count > 0) {
            let count = f32::from(*count);
            score += weight * count * (K1 + 1.0) / (count + norm);
            covered += weight;
        }
        let total = grams.total();
        (score, if total > 0.0 { covered / total } else { 0.0 })
    }
}
