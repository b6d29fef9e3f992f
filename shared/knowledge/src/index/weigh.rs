//! What every term and every posting of an index is worth.

use super::{Index, TermKind, dense::Dense, place};

/// BM25's usual parameters.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// A short line above is no better a match than a longer one that has the word too.
const B_ABOVE: f32 = 0.3;
/// A collection smaller than this is weighed as if it were this large: among three passages, every
/// word but those three have would seem to be what the question is all about.
pub(crate) const MIN_ENTRIES: usize = 50;
/// What a function word counts for, beside a word that says what a text is about. Not nothing:
/// "what is" and "how do I" tell one intent from another.
const FUNCTION: f32 = 0.5;
/// What a single cluster of a script without spaces counts for, beside two in a row.
const CLUSTER: f32 = 0.3;

impl Index {
    /// Gives every term its weight, every posting its impact, every entry its key.
    pub(super) fn weigh(&mut self) {
        let lengths = (0..self.entries.len()).map(|entry| {
            let [above, body] = self.fields(entry);
            (above.len() as f32, body.len() as f32)
        });
        let lengths: Vec<(f32, f32)> = lengths.collect();
        let mean = |of: fn(&(f32, f32)) -> f32| {
            let some = lengths.iter().map(of).filter(|length| *length > 0.0).map(f64::from);
            let (sum, count) = some.fold((0.0, 0.0), |(sum, count), l| (sum + l, count + 1.0));
            if count > 0.0 { (sum / count) as f32 } else { 1.0 }
        };
        let (mean_above, mean_body) = (mean(|l| l.0), mean(|l| l.1));
        self.mean_length = mean(|l| l.0 + l.1);
        let mut frequency = self.count();
        let terms = &self.vocabulary.terms_of;
        let n = self.entries.len().max(MIN_ENTRIES) as f32;
        let kinds = self.vocabulary.kinds.iter().zip(&frequency);
        self.weights =
            kinds.map(|(kind, frequency)| idf(n, *frequency as f32) * factor(*kind)).collect();
        let mut begin = 0;
        for count in &mut frequency {
            begin += std::mem::replace(count, begin);
        }
        self.begins = frequency.clone();
        let mut postings = vec![(0, 0.0); begin as usize];
        let mut counts: Vec<(f32, f32)> = vec![(0.0, 0.0); self.vocabulary.terms()];
        let mut squares = Vec::with_capacity(self.entries.len());
        for (entry, (above, body)) in (0u32..).zip(lengths) {
            let mut square = 0.0;
            let fields = self.fields(entry as usize);
            fields[0].iter().for_each(|word| counts[terms[*word as usize] as usize].0 += 1.0);
            fields[1].iter().for_each(|word| counts[terms[*word as usize] as usize].1 += 1.0);
            let above = 1.0 - B_ABOVE + B_ABOVE * above / mean_above;
            let body = 1.0 - B + B * body / mean_body;
            for word in fields.into_iter().flatten() {
                let term = terms[*word as usize] as usize;
                let (in_above, in_body) = std::mem::take(&mut counts[term]);
                let count = in_above / above + in_body / body;
                // Taken where the term comes first.
                if count > 0.0 {
                    let impact = count * (K1 + 1.0) / (count + K1);
                    let next = &mut frequency[term];
                    postings[*next as usize] = (entry, impact * self.weights[term]);
                    *next += 1;
                    square += self.weights[term].powi(2);
                }
            }
            squares.push(square);
        }
        (self.postings, self.squares) = (postings, squares);
        self.dense = Dense::of_index(self);
    }

    /// In how many entries each term is, and one more number, so that each posting can be put in its
    /// place. Counts words and makes the entries' keys on the way.
    fn count(&mut self) -> Vec<u32> {
        let terms = &self.vocabulary.terms_of;
        let hashes: Vec<u32> = self.vocabulary.words.iter().map(|word| hash(&word.lower)).collect();
        let mut words = vec![0u32; terms.len()];
        let mut seen = vec![(0u32, u32::MAX); self.vocabulary.terms()];
        let mut keys = Vec::with_capacity(self.entries.len());
        for entry in 0..place(self.entries.len()) {
            let mut key = 0u32;
            for word in self.fields(entry as usize).into_iter().flatten() {
                let at = *word as usize;
                words[at] += 1;
                key = key.rotate_left(5).wrapping_add(hashes[at]).wrapping_mul(0x9e37_79b1);
                let (times, last) = &mut seen[terms[at] as usize];
                *times += u32::from(*last != entry);
                *last = entry;
            }
            keys.push(key);
        }
        self.keys = keys;
        let counted = self.vocabulary.words.iter_mut().zip(words);
        counted.for_each(|(word, count)| word.count = count);
        seen.into_iter().map(|(times, _)| times).chain([0]).collect()
    }
}

fn factor(kind: TermKind) -> f32 {
    match kind {
        TermKind::Content => 1.0,
        TermKind::Function => FUNCTION,
        TermKind::Cluster => CLUSTER,
    }
}

fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash: u32, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// Inverse document frequency, never negative.
pub(crate) fn idf(entries: f32, frequency: f32) -> f32 {
    (1.0 + (entries - frequency + 0.5) / (frequency + 0.5)).ln()
}
