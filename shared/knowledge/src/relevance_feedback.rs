//! Asking for what the best entries have in common.
//!
//! Pseudo-relevance feedback after Rocchio helps where many short entries say the same in other
//! words, such as questions of one intent, and harms where one passage is far ahead. How flat the
//! best scores are tells the two apart.

use crate::{best::best, index::Index, question::Asked, rank::Scratch};

/// How many of the best are looked at.
const ENTRIES: usize = 20;
/// How many of their terms are requested.
const TERMS: usize = 20;
/// Their share of the question then, at most: among short entries, and among long ones, where
/// much that the best have in common is not what they are about.
const SHARE: (f32, f32) = (0.3, 0.1);
/// How many words make an entry short, and how many long.
const LENGTH: (f32, f32) = (20.0, 60.0);
/// The mean score of the best, over the best of them, at which feedback begins, and where it has
/// its whole share.
const FLAT: (f32, f32) = (0.6, 0.7);

/// How far `value` is from the first of the two to the second: 0 before, 1 beyond.
fn between(value: f32, (from, to): (f32, f32)) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

impl Index {
    fn share(&self) -> f32 {
        SHARE.0 + between(self.mean_length, LENGTH) * (SHARE.1 - SHARE.0)
    }

    /// Adds to the scores what the best entries by those have in common.
    pub(crate) fn feed_back(&self, asked: &Asked, scratch: &mut Scratch) {
        let hits = best(ENTRIES, &scratch.scores[..self.len()], &self.keys);
        let Some(first) = hits.first().map(|hit| hit.score) else { return };
        let mean = hits.iter().map(|hit| hit.score).sum::<f32>() / ENTRIES as f32 / first;
        let share = self.share() * between(mean, FLAT);
        if share <= 0.0 {
            return;
        }
        let mut terms: Vec<u32> = Vec::new();
        for hit in &hits {
            scratch.now += 1;
            let entry = hit.entry as usize;
            let weight = hit.score / first / self.squares[entry].sqrt();
            for word in self.fields(entry).into_iter().flatten() {
                let term = self.vocabulary.terms_of[*word as usize];
                let seen = &mut scratch.seen[term as usize];
                if *seen != scratch.now {
                    *seen = scratch.now;
                    let sum = &mut scratch.sums[term as usize];
                    if *sum == 0.0 {
                        terms.push(term);
                    }
                    *sum += weight * self.weights[term as usize];
                }
            }
        }
        let sums = terms.into_iter();
        let sums = sums.map(|term| (term, std::mem::take(&mut scratch.sums[term as usize])));
        let mut found: Vec<(u32, f32)> = sums.collect();
        if found.len() > TERMS {
            let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
            found.select_nth_unstable_by(TERMS - 1, order);
            found.truncate(TERMS);
        }
        // In an order that does not follow from that of the best.
        found.sort_unstable_by_key(|(term, _)| *term);
        let theirs: f32 = found.iter().map(|(term, sum)| sum * self.weights[*term as usize]).sum();
        let ours: f32 = asked.words.iter().filter(|w| w.is_known).map(|w| w.weight * w.times).sum();
        let times = share / (1.0 - share) * ours / theirs;
        for (term, sum) in found {
            self.add(term, sum * times, &mut scratch.scores);
        }
    }
}
