//! What words and vectors say, put together: weights that follow the question.
//!
//! Each side has questions that only it can answer. Words know names, numbers and part codes, and
//! every language; vectors know what is said in other words. A fixed share for each, or reciprocal
//! rank (Cormack et al. 2009), costs the better side dearly wherever the other has nothing to say.
//! Here a score is a sum in which each side's part shrinks when it has little to go by:
//!
//! - Words: an entry's BM25 over the square root of what the question's words are worth together.
//!   A question whose words hardly stand anywhere gets low scores all through, and small gaps
//!   between them; to divide by the best score instead would hide that. Where one entry covers
//!   nearly all of the question, words count for more.
//! - Vectors: the cosine, times how well the model reads the question ([`Embedder::legibility`]:
//!   a code or a foreign language falls apart into letters), times whether anything is near it at
//!   all.
//!
//! [`Embedder::legibility`]: super::Embedder::legibility

use std::collections::HashMap;

/// What a BM25 point counts for in a question of [`USUAL_WORTH`].
const WORDS: f32 = 0.32;
/// Where the best entry covers more of the question than this, words count for more, up to
/// [`ALL_COVERED`] times as much where it covers all: a name that is found whole needs no guess.
const MUCH_COVERED: f32 = 0.8;
const ALL_COVERED: f32 = 3.0;
/// What a question's words are usually worth together: some three telling ones.
const USUAL_WORTH: f32 = 12.0;
/// What a cosine of 1 counts for.
const VECTORS: f32 = 16.0;
/// Where the nearest passage is no nearer than this, vectors say nothing; from the second on they
/// count in full.
const NOTHING_NEAR: f32 = 0.1;
const SOMETHING_NEAR: f32 = 0.4;

/// What the vectors say of a question.
#[derive(Debug, Clone, Copy)]
pub struct Cosines<'a> {
    /// Of each entry, in order.
    pub each: &'a [f32],
    /// From 0 to 1: how well the model reads the question.
    pub legibility: f32,
}

/// What the words say of a question.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The best entries with their BM25 (with its factor of k₁ + 1), best first.
    pub best: &'a [(u32, f32)],
    /// The summed weight of the question's words, those that no entry has too.
    pub worth: f32,
    /// How much of that the best entry covers, from 0 to 1.
    pub covered: f32,
}

/// The best `depth` entries of either side by the sum of both, best first; scores compare within
/// one question only.
pub fn fuse(words: Words<'_>, cosines: Cosines<'_>, depth: usize) -> Vec<(u32, f32)> {
    let most = cosines.each.iter().copied().fold(f32::MIN, f32::max);
    let near = ((most - NOTHING_NEAR) / (SOMETHING_NEAR - NOTHING_NEAR)).clamp(0.0, 1.0);
    let vectors = VECTORS * near * cosines.legibility.clamp(0.0, 1.0);
    let whole = ((words.covered - MUCH_COVERED) / (1.0 - MUCH_COVERED)).clamp(0.0, 1.0);
    let by_words = WORDS * (1.0 + whole * (ALL_COVERED - 1.0))
        / (words.worth.max(f32::EPSILON) / USUAL_WORTH).sqrt();
    let cosine = |entry: u32| {
        let place = usize::try_from(entry).unwrap_or(usize::MAX);
        cosines.each.get(place).copied().unwrap_or_default()
    };

    let mut scores: HashMap<u32, f32> = words
        .best
        .iter()
        .map(|(entry, score)| (*entry, by_words * score + vectors * cosine(*entry)))
        .collect();
    if vectors > 0.0 {
        for entry in nearest(cosines.each, depth) {
            scores.entry(entry).or_insert_with(|| vectors * cosine(entry));
        }
    }
    let mut fused: Vec<(u32, f32)> = scores.into_iter().collect();
    fused.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused.truncate(depth);
    fused
}

/// The entries of the `depth` largest, in no order.
fn nearest(cosines: &[f32], depth: usize) -> Vec<u32> {
    let mut entries: Vec<(u32, f32)> = (0u32..).zip(cosines.iter().copied()).collect();
    if entries.len() > depth {
        entries.select_nth_unstable_by(depth, |a, b| b.1.total_cmp(&a.1));
        entries.truncate(depth);
    }
    entries.into_iter().map(|(entry, _)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COVERED: f32 = 0.5;

    fn first(best: &[(u32, f32)], worth: f32, each: &[f32], legibility: f32) -> u32 {
        let words = Words { best, worth, covered: COVERED };
        fuse(words, Cosines { each, legibility }, 10)[0].0
    }

    #[test]
    fn what_words_find_surely_stays_first_and_what_they_hardly_find_does_not() {
        let cosines = [0.5, 0.6, 0.1];
        // A rare name, found whole: 2.2 × its weight.
        assert_eq!(first(&[(0, 14.0), (1, 5.0)], 7.0, &cosines, 1.0), 0);
        // Less of it, but all that was asked for.
        let best = [(0, 5.0), (1, 0.5)];
        let cosines_of_two = Cosines { each: &[0.3, 0.6], legibility: 1.0 };
        for (covered, expected) in [(0.7, 1), (1.0, 0)] {
            let words = Words { best: &best, worth: 7.0, covered };
            assert_eq!(fuse(words, cosines_of_two, 10)[0].0, expected, "{covered}");
        }
        // Common words of a long question, found here and there.
        assert_eq!(first(&[(0, 3.0), (1, 2.5)], 20.0, &cosines, 1.0), 1);
        // No word of it anywhere.
        assert_eq!(first(&[], 20.0, &cosines, 1.0), 1);
    }

    #[test]
    fn a_question_that_the_model_can_not_read_is_left_to_the_words() {
        let best = [(0, 3.0), (1, 2.5)];
        let cosines = [0.5, 0.8, 0.95];
        assert_eq!(first(&best, 20.0, &cosines, 1.0), 2);
        let fused = fuse(
            Words { best: &best, worth: 20.0, covered: COVERED },
            Cosines { each: &cosines, legibility: 0.0 },
            9,
        );
        let order: Vec<u32> = fused.iter().map(|(entry, _)| *entry).collect();
        assert_eq!(order, [0, 1]);
    }

    #[test]
    fn where_nothing_is_near_vectors_say_nothing() {
        assert_eq!(first(&[(0, 1.0)], 20.0, &[-0.05, 0.09], 1.0), 0);
    }

    #[test]
    fn the_best_of_either_side_come_in_order_and_no_more_than_are_wanted() {
        let best: Vec<(u32, f32)> = (0..50u32).map(|n| (n, 80.0 - n as f32)).collect();
        let each: Vec<f32> = (0..1000).map(|n| n as f32 / 1000.0).collect();
        let words = Words { best: &best, worth: 20.0, covered: COVERED };
        let fused = fuse(words, Cosines { each: &each, legibility: 1.0 }, 20);
        assert_eq!(fused.len(), 20);
        assert!(fused.is_sorted_by(|a, b| a.1 >= b.1));
        assert!(fused.iter().any(|(entry, _)| *entry == 0));
        assert!(fused.iter().any(|(entry, _)| *entry == 999));
        assert!(
            fuse(
                Words { best: &[], worth: 0.0, covered: 0.0 },
                Cosines { each: &[], legibility: 1.0 },
                5
            )
            .is_empty()
        );
    }

    #[test]
    fn entries_without_a_vector_are_left_to_the_words() {
        // Pairs come after passages and have no vectors yet.
        assert_eq!(first(&[(7, 40.0), (0, 3.0)], 10.0, &[0.3, 0.2], 1.0), 7);
    }
}
