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
/// Before an Arabic word without its clitics.
const BARE: char = '=';
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
    /// By word: how often it is there.
    counts: Vec<u32>,
}

impl Grams {
    pub fn of(words: &[Word]) -> Self {
        let buckets = (words.len() * 4).next_power_of_two().clamp(16, 1 << 18);
        let mut begins = vec![0u32; buckets + 1];
        let all = (0u32..).zip(words).filter(|(_, word)| !word.unspaced);
        all.clone().for_each(|(_, word)| {
            each_key(word.plain(), |hash| begins[bucket(hash, buckets)] += 1);
        });
        let mut sum = 0;
        for begin in &mut begins {
            sum += std::mem::replace(begin, sum);
        }
        let mut next = begins.clone();
        let mut found = vec![(0, 0); sum as usize];
        all.for_each(|(at, word)| {
            each_key(word.plain(), |hash| {
                let place = &mut next[bucket(hash, buckets)];
                found[*place as usize] = (hash, at);
                *place += 1;
            });
        });
        let counts = words.iter().map(|word| word.count).collect();
        Self { begins, words: found, counts }
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
    if let Some(hash) = root_key(word) {
        take(hash, ROOT_WEIGHT);
    }
}

/// The hash of whatever a word is found by: its runs and its root, and an Arabic word without its clitics.
fn each_key(word: &str, mut take: impl FnMut(u32)) {
    each(word, |hash, _| take(hash));
    if let Some(hash) = bare_key(word) {
        take(hash);
    }
}

fn root_key(word: &str) -> Option<u32> {
    let root = arabic_root::root(word)?;
    Some(hash(std::iter::once(ROOT).chain(root.chars())))
}

fn bare_key(word: &str) -> Option<u32> {
    Some(hash(std::iter::once(BARE).chain(arabic_root::bare(word)?.chars())))
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
    /// What all count for together.
    total: f32,
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

/// Binary digits of a count beyond the first three.
const MORE: usize = 13;

/// How often each of [`MAX_GRAMS`] runs was seen, with a bit for each in the numbers of all digits: one
/// word adds to all of its runs at once.
struct Counts {
    ones: u64,
    twos: u64,
    fours: u64,
    more: [u64; MORE],
}

impl Counts {
    /// Those of the runs of `words`, which `bits` has by word.
    fn of(words: [&[u32]; 2], bits: &[u64]) -> Self {
        // Apart, so that they stay in registers.
        let (mut ones, mut twos, mut fours) = (0, 0, 0);
        let mut more = [0; MORE];
        for words in words {
            let (fours_of, last) = words.as_chunks::<4>();
            for four in fours_of {
                let [a, b, c, d] = four.map(|word| bits[word as usize]);
                let (one, two) = add(ones, a, b);
                let (one, other_two) = add(one, c, d);
                let (two, four) = add(twos, two, other_two);
                let eight = fours & four;
                (ones, twos, fours) = (one, two, fours ^ four);
                // Nearly all counts are small.
                if eight != 0 {
                    add_more(&mut more, eight);
                }
            }
            for word in last {
                let (one, two) = add(ones, bits[*word as usize], 0);
                let (two, four) = add(twos, two, 0);
                let eight = fours & four;
                (ones, twos, fours) = (one, two, fours ^ four);
                if eight != 0 {
                    add_more(&mut more, eight);
                }
            }
        }
        Self { ones, twos, fours, more }
    }

    /// Each run that was seen, in order, and how often.
    #[inline(always)]
    fn each(&self, mut take: impl FnMut(usize, u32)) {
        let beyond = self.more.iter().fold(0, |seen, digit| seen | digit);
        let mut seen = self.ones | self.twos | self.fours | beyond;
        while seen != 0 {
            let run = seen.trailing_zeros();
            let digit = |digits: u64| (digits >> run & 1) as u32;
            let mut count = digit(self.ones) | digit(self.twos) << 1 | digit(self.fours) << 2;
            if beyond >> run & 1 != 0 {
                let more = self.more.iter().rev();
                count |= more.fold(0, |count, digits| count << 1 | digit(*digits)) << 3;
            }
            take(run as usize, count);
            seen &= seen - 1;
        }
    }
}

/// The last digits of the sums of three digits, and what is carried.
#[inline(always)]
fn add(a: u64, b: u64, c: u64) -> (u64, u64) {
    let either = a ^ b;
    (either ^ c, a & b | either & c)
}

#[cold]
#[inline(never)]
fn add_more(more: &mut [u64; MORE], mut runs: u64) {
    for digit in more {
        (*digit, runs) = (*digit ^ runs, *digit & runs);
    }
}

impl Index {
    /// The words that have the root of the plain `word`, if that is Arabic.
    pub(crate) fn words_with_root(&self, word: &str) -> impl Iterator<Item = u32> {
        root_key(word).into_iter().flat_map(|hash| self.grams.find(hash)).take(MAX_WORDS)
    }

    /// The words that are the plain `word` without its clitics, if that is Arabic, or with others.
    pub(crate) fn words_with_bare_form(&self, word: &str) -> impl Iterator<Item = u32> {
        bare_key(word).into_iter().flat_map(|hash| self.grams.find(hash)).take(MAX_WORDS)
    }

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
                there = there.saturating_add(self.grams.counts[word as usize]);
            }
            // How many entries have it is not counted: as many as if it were there by chance.
            let frequency = entries * (1.0 - (-(there as f32) / entries).exp());
            grams.weights.push(times * super::idf(entries, frequency));
        }
        grams.total = grams.weights.iter().sum();
        grams
    }

    /// What an entry has of the marked runs: its BM25, and their share by weight.
    pub(crate) fn gram_score(&self, entry: u32, grams: &AskedGrams, marks: &Marks) -> (f32, f32) {
        let counts = Counts::of(self.fields(entry as usize), &marks.bits);
        let length = self.length(entry);
        let norm = K1 * (1.0 - B + B * length as f32 / self.mean_length);
        let (mut score, mut covered) = (0.0, 0.0);
        counts.each(|run, count| {
            let (count, weight) = (count as f32, grams.weights[run]);
            score += weight * count * (K1 + 1.0) / (count + norm);
            covered += weight;
        });
        (score, if grams.total > 0.0 { covered / grams.total } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted() {
        let of = |at: u32| 1 << 3 | u64::from(at.is_multiple_of(10)) << 63 | u64::from(at == 7);
        let bits: Vec<u64> = (0..1_000).map(of).collect();
        let words: Vec<u32> = (0..1_000).collect();
        let counts = Counts::of([&words[..333], &words[333..]], &bits);
        let mut all = Vec::new();
        counts.each(|run, count| all.push((run, count)));
        assert_eq!(all, [(0, 1), (3, 1_000), (63, 100)]);
    }
}
