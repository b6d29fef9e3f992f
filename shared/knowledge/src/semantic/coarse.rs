//! Which of many entries are near a question, by the first numbers of their embeddings alone, which tell
//! most: sums of small whole numbers, laid out so that a processor adds up several entries at once.
//!
//! They are rounded, and by how much at most is known: what is found has all entries that are among the
//! nearest by the numbers as they are kept, and a few more, among which those decide.

use super::{COARSE, EntryEmbedding, QuerySteps};

/// Entries that are beside each other for one number of each.
const LANES: usize = 256;
/// Numbers that are added up in one go over the entries of a block.
const AT_ONCE: usize = 8;
/// A length of 1 is this many steps of an entry. With as many of a question no sum is beyond 16 bits.
const STEPS: f32 = 170.0;
/// The largest sum, and what rounding may add to the steps of an entry and of a question together.
const MAX_SUM: f32 = 32_000.0;
/// Groups of products of which the largest are compared first, to leave out most others at once.
const GROUPS: usize = 256;
/// Products that are passed over together where none is large enough.
const TOGETHER: usize = 64;

type Block = [[i16; LANES]; COARSE];

/// The first numbers of entries' embeddings.
#[derive(Default)]
pub(crate) struct Coarse {
    blocks: Vec<Block>,
    entries: usize,
    /// The length of the longest entry.
    longest: f32,
    /// How far an entry is from what it is rounded to, at most.
    error: f32,
}

impl Coarse {
    /// Those of `embeddings`.
    pub fn of(embeddings: &EntryEmbedding) -> Self {
        let entries = embeddings.entries();
        let blocks = vec![[[0; LANES]; COARSE]; entries.div_ceil(LANES)];
        let mut coarse = Self { blocks, entries, ..Self::default() };
        for (entry, (steps, scale)) in embeddings.coarse() {
            let Some(block) = coarse.blocks.get_mut(entry / LANES) else { break };
            let (mut length, mut error) = (0.0, 0.0);
            for (step, numbers) in steps.iter().zip(block) {
                let number = f32::from(*step) * scale * STEPS;
                let rounded = round(number);
                numbers[entry % LANES] = rounded;
                length += number * number;
                error += (number - f32::from(rounded)).powi(2);
            }
            coarse.longest = coarse.longest.max(length.sqrt() / STEPS);
            coarse.error = coarse.error.max(error.sqrt() / STEPS);
        }
        coarse
    }

    /// Entries among which are the `depth` nearest of those whose product with the first numbers of
    /// `question` is `least` or more.
    pub fn near(
        &self,
        question: &QuerySteps,
        depth: usize,
        least: f32,
        products: &mut Vec<i16>,
    ) -> Vec<u32> {
        let numbers = question.coarse();
        let length = numbers.iter().map(|n| n * n).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        // What rounding adds at most: half a step in each of the numbers.
        let rounding = 0.5 * (COARSE as f32).sqrt();
        let longest = STEPS * (self.longest + self.error);
        let steps = (MAX_SUM / longest.max(1.0) - rounding) / length;
        let rounded = numbers.map(|number| round(number * steps));
        let error = numbers.iter().zip(rounded).map(|(n, r)| (n - f32::from(r) / steps).powi(2));
        let error = error.sum::<f32>().sqrt();
        // Of a product, by the two errors; and what the numbers lose as floats.
        let off = self.error * length + (self.longest + self.error) * error + 1e-4;
        self.multiply(&rounded, products);
        let unit = STEPS * steps;
        let least = round(((least - off) * unit).floor());
        let slack = round((2.0 * off * unit).ceil());
        let least = nth(depth, least, products).saturating_sub(slack).max(least);
        let mut near = Vec::with_capacity(4 * depth);
        each_from(products, least, |entry, _| near.push(entry));
        near
    }

    fn multiply(&self, question: &[i16; COARSE], products: &mut Vec<i16>) {
        products.clear();
        products.resize(self.blocks.len() * LANES, 0);
        for (block, sums) in self.blocks.iter().zip(products.as_chunks_mut::<LANES>().0) {
            let numbers = block.as_chunks::<AT_ONCE>().0.iter();
            for (numbers, question) in numbers.zip(question.as_chunks::<AT_ONCE>().0) {
                for (lane, sum) in sums.iter_mut().enumerate() {
                    let products =
                        numbers.iter().zip(question).map(|(n, q)| n[lane].wrapping_mul(*q));
                    *sum = products.fold(*sum, i16::wrapping_add);
                }
            }
        }
        products.truncate(self.entries);
    }
}

/// The nearest whole number, of those that 16 bits have.
fn round(number: f32) -> i16 {
    (number + 0.5f32.copysign(number)) as i16
}

/// The product that `depth` are as large as, or `least` if fewer are that large.
fn nth(depth: usize, least: i16, products: &[i16]) -> i16 {
    // The largest of each group are products too.
    let mut from = least;
    if (1..=GROUPS / 2).contains(&depth) {
        let mut largest = [i16::MIN; GROUPS];
        for products in products.as_chunks::<GROUPS>().0 {
            let both = largest.iter_mut().zip(products);
            both.for_each(|(largest, product)| *largest = *product.max(largest));
        }
        from = from.max(*largest.select_nth_unstable(GROUPS - depth).1);
    }
    let mut found: Vec<i16> = Vec::with_capacity(4 * depth);
    each_from(products, from, |_, product| found.push(product));
    match found.len().checked_sub(depth) {
        Some(nth) if depth > 0 => *found.select_nth_unstable(nth).1,
        _ => least,
    }
}

/// Takes each product that is as large as `least`, with its place.
fn each_from(products: &[i16], least: i16, mut take: impl FnMut(u32, i16)) {
    for (begin, together) in (0u32..).step_by(TOGETHER).zip(products.chunks(TOGETHER)) {
        if let Some(all) = together.first_chunk::<TOGETHER>()
            && !all.iter().fold(false, |any, product| any | (*product >= least))
        {
            continue;
        }
        for (entry, product) in (begin..).zip(together) {
            if *product >= least {
                take(entry, *product);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::semantic::{Vector, Vectors};

    #[test]
    fn what_is_found_has_all_that_are_nearest() {
        let mut state = 1u32;
        let mut vector = |first: f32| {
            let mut numbers: Vec<f32> = (0..2 * COARSE)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 8) as f32 / 8_388_608.0 - 1.0
                })
                .collect();
            numbers[0] += first;
            Vector::new(numbers).unwrap()
        };
        let all: Vec<Vector> = (0..700).map(|at| vector((at % 5) as f32)).collect();
        let mut entries = EntryEmbedding::of("m");
        entries.add(3, None);
        entries.add(all.len(), Some(Arc::new(Vectors::build("m", &all).unwrap())));
        let coarse = Coarse::of(&entries);
        let mut products = Vec::new();
        for _ in 0..20 {
            let question = vector(2.0).steps();
            let exact: Vec<f32> = (0..703).map(|at| entries.coarse_cosine(at, &question)).collect();
            let mut sorted = exact.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            for (depth, least) in [(10, 0.1), (80, 0.1), (80, sorted[20]), (900, 0.0)] {
                let from = sorted.get(depth - 1).copied().unwrap_or_default().max(least);
                let near = coarse.near(&question, depth, least, &mut products);
                let is_found = |entry: &u32| near.contains(entry);
                let nearest = (0..703u32).filter(|entry| exact[*entry as usize] >= from);
                assert!(nearest.clone().all(|entry| is_found(&entry)));
                assert!(near.len() < nearest.count() * 3 / 2 + 30);
            }
        }
    }
}
