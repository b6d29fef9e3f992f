//! The best of many scores, without sorting them all.

use std::cmp::Reverse;

use crate::rank::Hit;

/// Scores that are passed over together where none of them is large enough: fewer would be compared one by one at
/// the optimization level of releases, whose loops of constant length are unrolled rather than vectorized.
const TOGETHER: usize = 64;
/// Groups of scores of which the largest are compared first, to leave out most others at once.
const GROUPS: usize = 256;
/// How many more than are wanted are gathered, at least, before the worst go.
const MORE: usize = 64;
/// A score that is one.
pub(crate) const SOME: f32 = f32::MIN_POSITIVE;

/// An entry in the order of the best: by its score, then by its key, then by its place.
type Placed = (Reverse<u32>, u32, u32);

/// The best `depth` of `scores` that are positive, best first; of those alike by their keys.
pub(crate) fn best(depth: usize, scores: &[f32], keys: &[u32]) -> Vec<Hit> {
    let mut found = gather(depth, SOME, scores, keys);
    found.sort_unstable();
    hits(&found)
}

/// The best `depth` of `scores` that are `least` or more, which is positive, in no order.
pub(crate) fn best_from(depth: usize, least: f32, scores: &[f32], keys: &[u32]) -> Vec<Hit> {
    hits(&gather(depth, least, scores, keys))
}

/// The best `depth` of the entries in `found`, each with its score, that are `least` or more, which is
/// positive, in no order.
pub(crate) fn best_among(
    depth: usize,
    least: f32,
    found: impl Iterator<Item = (u32, f32)>,
    keys: &[u32],
) -> Vec<u32> {
    let found = found.filter(|(_, score)| *score >= least);
    let mut found: Vec<Placed> = found.map(|(entry, score)| place(entry, score, keys)).collect();
    cut(&mut found, depth);
    found.into_iter().map(|(.., entry)| entry).collect()
}

fn hits(found: &[Placed]) -> Vec<Hit> {
    let hit = |(Reverse(bits), _, entry): &Placed| Hit {
        entry: *entry,
        score: f32::from_bits(*bits),
        ..Hit::default()
    };
    found.iter().map(hit).collect()
}

/// The bits of positive numbers are in the order of the numbers.
fn place(entry: u32, score: f32, keys: &[u32]) -> Placed {
    (Reverse(score.to_bits()), keys.get(entry as usize).copied().unwrap_or_default(), entry)
}

/// Leaves the best `depth`; the score of the last of them if there are as many.
fn cut(found: &mut Vec<Placed>, depth: usize) -> Option<f32> {
    let last = depth.checked_sub(1).filter(|last| *last < found.len());
    let least = last.map(|last| {
        let (_, (Reverse(bits), ..), _) = found.select_nth_unstable(last);
        f32::from_bits(*bits)
    });
    found.truncate(depth);
    least
}

/// A score that `depth` are as large as, or `least`: the largest of each group are scores too.
fn floor(depth: usize, least: f32, scores: &[f32]) -> f32 {
    if scores.len() < 4 * GROUPS || !(1..=GROUPS / 2).contains(&depth) {
        return least;
    }
    let mut largest = [0.0f32; GROUPS];
    for scores in scores.as_chunks::<GROUPS>().0 {
        for (largest, score) in largest.iter_mut().zip(scores) {
            *largest = if *score > *largest { *score } else { *largest };
        }
    }
    let mut bits = largest.map(f32::to_bits);
    let (_, nth, _) = bits.select_nth_unstable(GROUPS - depth);
    f32::from_bits(*nth).max(least)
}

fn gather(depth: usize, least: f32, scores: &[f32], keys: &[u32]) -> Vec<Placed> {
    let mut least = floor(depth, least, scores);
    let enough = depth + depth.max(MORE);
    let mut found: Vec<Placed> = Vec::with_capacity(enough.min(scores.len()));
    for (begin, together) in (0u32..).step_by(TOGETHER).zip(scores.chunks(TOGETHER)) {
        // Nearly all are too small once the first ones are known.
        if let Some(all) = together.first_chunk::<TOGETHER>()
            && !all.iter().fold(false, |any, score| any | (*score >= least))
        {
            continue;
        }
        for (entry, score) in (begin..).zip(together) {
            if *score >= least {
                found.push(place(entry, *score, keys));
                if found.len() == enough {
                    least = cut(&mut found, depth).unwrap_or(least);
                }
            }
        }
    }
    cut(&mut found, depth);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_those_of_a_sorted_list() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        for count in [0, 1, 15, 16, 63, 64, 65, 100, 1_000, 3_000] {
            let scores: Vec<f32> = (0..count).map(|_| (next() % 50) as f32 / 10.0 - 1.0).collect();
            let keys: Vec<u32> = (0..count).map(|_| next() % 8).collect();
            for (depth, least) in [(1, 0.5), (20, 2.0), (100, SOME), (2_000, SOME)] {
                let mut all: Vec<u32> = (0..count).collect();
                all.retain(|entry| scores[*entry as usize] >= least);
                all.sort_by(|a, b| {
                    let score = |entry: &u32| scores[*entry as usize];
                    let key = |entry: &u32| (keys[*entry as usize], *entry);
                    score(b).total_cmp(&score(a)).then_with(|| key(a).cmp(&key(b)))
                });
                all.truncate(depth);
                if least == SOME {
                    let found = best(depth, &scores, &keys);
                    assert!(found.iter().all(|hit| hit.score == scores[hit.entry as usize]));
                    assert_eq!(found.iter().map(|hit| hit.entry).collect::<Vec<_>>(), all);
                }
                all.sort_unstable();
                let found = best_from(depth, least, &scores, &keys);
                let mut found: Vec<u32> = found.iter().map(|hit| hit.entry).collect();
                found.sort_unstable();
                assert_eq!(found, all);
                let each = (0..count).zip(scores.iter().copied());
                let mut found = best_among(depth, least, each, &keys);
                found.sort_unstable();
                assert_eq!(found, all);
            }
        }
    }
}
