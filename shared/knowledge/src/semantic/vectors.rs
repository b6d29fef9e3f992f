//! Vectors: one of a question as it comes, many of passages in a byte a dimension.

use serde::{Deserialize, Serialize};

use super::{EmbedError, MAX_DIMENSIONS, PackError};

/// A passage's numbers are kept in −127 to 127.
const STEPS: f32 = 127.0;
/// A question's in −2047 to 2047: finer, since there is only one, and yet 4,096 products of the
/// two stay below 2³¹.
const QUESTION_STEPS: f32 = 2047.0;

/// Numbers of a vector that are looked at to find the nearest of many.
pub(crate) const COARSE: usize = 32;
/// Products that are added up beside each other, as many as keep the loop from being unrolled.
const LANES: usize = 32;

/// A direction: numbers of unit length together.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector(Vec<f32>);

impl Vector {
    /// The direction of `numbers`.
    ///
    /// # Errors
    ///
    /// [`EmbedError::NoDirection`] if there are none or more than [`MAX_DIMENSIONS`], if all are
    /// zero, or if one is not finite.
    pub fn new(mut numbers: Vec<f32>) -> Result<Self, EmbedError> {
        let length = numbers.iter().map(|n| n * n).sum::<f32>().sqrt();
        let sized = (1..=MAX_DIMENSIONS).contains(&numbers.len());
        if !sized || !length.is_normal() {
            return Err(EmbedError::NoDirection(numbers.len()));
        }
        numbers.iter_mut().for_each(|n| *n /= length);
        Ok(Self(numbers))
    }

    /// Its numbers.
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// The cosine of the angle between the two, from −1 to 1; 0 if they are of different lengths.
    pub fn cosine(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        dot(&self.0, &other.0)
    }

    /// Its numbers as whole steps.
    pub(crate) fn steps(&self) -> QuerySteps {
        let scale = self.largest() / QUESTION_STEPS;
        QuerySteps { steps: self.0.iter().map(|n| (n / scale).round() as i16).collect(), scale }
    }

    fn largest(&self) -> f32 {
        self.0.iter().fold(0.0, |most: f32, n| most.max(n.abs()))
    }
}

/// A question's numbers as whole steps, and how large one is.
pub(crate) struct QuerySteps {
    steps: Vec<i16>,
    scale: f32,
}

impl QuerySteps {
    /// The first numbers.
    pub fn coarse(&self) -> [f32; COARSE] {
        let mut numbers = [0.0; COARSE];
        let steps = self.steps.iter().zip(&mut numbers);
        steps.for_each(|(step, number)| *number = f32::from(*step) * self.scale);
        numbers
    }
}

/// The vectors of passages, in their order: a byte a dimension and a scale for each, a quarter of
/// what floats take. On real passages the cosine is off by less than 0.003.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vectors {
    model: String,
    dimensions: u32,
    scales: Vec<f32>,
    steps: Vec<i8>,
}

impl Vectors {
    /// None yet, of `model`.
    pub fn of(model: &str) -> Self {
        Self { model: model.to_owned(), ..Self::default() }
    }

    /// None yet, of `model`, of this many numbers each.
    pub(crate) fn of_dimensions(model: &str, dimensions: usize) -> Self {
        let dimensions = u32::try_from(dimensions).unwrap_or(u32::MAX);
        Self { model: model.to_owned(), dimensions, ..Self::default() }
    }

    /// None yet, of the model and the length of these.
    pub fn like(&self) -> Self {
        Self { model: self.model.clone(), dimensions: self.dimensions, ..Self::default() }
    }

    /// Puts together those of `model` for `vectors`.
    ///
    /// # Errors
    ///
    /// [`EmbedError::Length`] if they are not all of one length.
    pub fn build(model: &str, vectors: &[Vector]) -> Result<Self, EmbedError> {
        let mut built = Self::of(model);
        for vector in vectors {
            built.push(vector)?;
        }
        Ok(built)
    }

    /// Adds one at the end.
    ///
    /// # Errors
    ///
    /// [`EmbedError::Length`] if it is not as long as those before it.
    pub fn push(&mut self, vector: &Vector) -> Result<(), EmbedError> {
        let (expected, found) = (self.dimensions(), vector.0.len());
        if self.dimensions > 0 && expected != found {
            return Err(EmbedError::Length { expected, found });
        }
        self.dimensions = u32::try_from(found).map_err(|_| EmbedError::NoDirection(found))?;
        let scale = vector.largest() / STEPS;
        self.scales.push(scale);
        self.steps.extend(vector.0.iter().map(|n| (n / scale).round() as i8));
        Ok(())
    }

    /// Adds one at the end for a passage that has none: it points nowhere, and is near nothing.
    pub fn push_none(&mut self) {
        self.scales.push(0.0);
        self.steps.resize(self.steps.len() + self.dimensions(), 0);
    }

    /// Adds those of `others`, or as many that point nowhere if they are of another model or of
    /// another length.
    pub fn extend(&mut self, others: &Self) {
        let fits = others.model == self.model && others.dimensions == self.dimensions;
        if fits && others.is_sound() {
            self.scales.extend(&others.scales);
            self.steps.extend(&others.steps);
        } else {
            others.scales.iter().for_each(|_| self.push_none());
        }
    }

    /// These under another name of the model that made them.
    pub(crate) fn renamed(self, model: &str) -> Self {
        Self { model: model.to_owned(), ..self }
    }

    /// The model that made them.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Their numbers, with the place of each; without those that point nowhere.
    pub fn numbers(&self) -> impl Iterator<Item = (usize, Vec<f32>)> {
        let steps = self.steps.chunks_exact(self.dimensions().max(1));
        let some =
            self.scales.iter().zip(steps).enumerate().filter(|(_, (scale, _))| **scale > 0.0);
        some.map(|(at, (scale, steps))| (at, steps.iter().map(|n| f32::from(*n) * scale).collect()))
    }

    /// About how many bytes they take.
    pub fn bytes(&self) -> usize {
        self.steps.len() + self.scales.len() * size_of::<f32>()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Numbers in each.
    pub fn dimensions(&self) -> usize {
        usize::try_from(self.dimensions).unwrap_or(usize::MAX)
    }

    /// As bytes, to be kept.
    ///
    /// # Errors
    ///
    /// [`PackError`] if they can't be written down.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// Those that [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`PackError`] if the bytes are cut short or make no sense.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackError> {
        let vectors: Self = postcard::from_bytes(bytes)?;
        if vectors.is_sound() { Ok(vectors) } else { Err(PackError::Inconsistent) }
    }

    /// Whether what was read from a blob holds together: every scale has its numbers.
    pub fn is_sound(&self) -> bool {
        let dimensions = self.dimensions();
        dimensions <= MAX_DIMENSIONS
            && self.scales.iter().all(|scale| scale.is_finite())
            && self.scales.len().checked_mul(dimensions) == Some(self.steps.len())
    }

    /// The cosine of each with `question`, in their order; nothing if the lengths differ.
    pub fn cosines(&self, question: &Vector) -> Vec<f32> {
        self.cosines_with(&question.steps())
    }

    pub(crate) fn cosines_with(&self, question: &QuerySteps) -> Vec<f32> {
        let dimensions = self.dimensions();
        if question.steps.len() != dimensions || dimensions == 0 {
            return Vec::new();
        }
        let QuerySteps { steps: asked, scale: question_scale } = question;
        let each = self.steps.chunks_exact(dimensions).zip(&self.scales);
        each.map(|(steps, scale)| product(steps, asked) as f32 * scale * question_scale).collect()
    }

    /// About the cosine of the one in this place with `question`, by the first [`COARSE`] numbers alone,
    /// which are the products' largest part where numbers are in the order of how much they tell.
    pub(crate) fn coarse_cosine(&self, at: usize, question: &QuerySteps) -> f32 {
        self.cosine_of_first(COARSE, at, question)
    }

    /// The first [`COARSE`] numbers of each, as steps, and how large one is; nothing if there are fewer.
    pub(crate) fn coarse(&self) -> impl Iterator<Item = (&[i8], f32)> {
        let each = self.steps.chunks_exact(self.dimensions().max(1)).zip(&self.scales);
        each.filter_map(|(steps, scale)| Some((steps.get(..COARSE)?, *scale)))
    }

    /// The cosine of the one in this place with `question`; 0 if there is none.
    pub(crate) fn cosine(&self, at: usize, question: &QuerySteps) -> f32 {
        self.cosine_of_first(self.dimensions(), at, question)
    }

    fn cosine_of_first(&self, count: usize, at: usize, question: &QuerySteps) -> f32 {
        let dimensions = self.dimensions();
        let steps = self.steps.get(at * dimensions..(at + 1) * dimensions);
        let found = steps.zip(self.scales.get(at)).filter(|_| question.steps.len() == dimensions);
        found.map_or(0.0, |(steps, scale)| {
            let count = count.min(dimensions);
            product(&steps[..count], &question.steps[..count]) as f32 * scale * question.scale
        })
    }
}

/// The sum of products of two rows of numbers of one length.
pub(super) fn dot(one: &[f32], other: &[f32]) -> f32 {
    let ((one, last), (other, others_last)) =
        (one.as_chunks::<LANES>(), other.as_chunks::<LANES>());
    // One sum would wait for itself with every number.
    let mut sums = [0.0; LANES];
    for (one, other) in one.iter().zip(other) {
        for ((sum, a), b) in sums.iter_mut().zip(one).zip(other) {
            *sum += a * b;
        }
    }
    let last = last.iter().zip(others_last).map(|(a, b)| a * b);
    sums.iter().sum::<f32>() + last.sum::<f32>()
}

/// The sum of products; cannot overflow with [`MAX_DIMENSIONS`] of them.
fn product(steps: &[i8], asked: &[i16]) -> i32 {
    steps.iter().zip(asked).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance and are the same each time.
    fn vector(seed: u32, dimensions: usize) -> Vector {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let numbers = (0..dimensions).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        });
        Vector::new(numbers.collect()).unwrap()
    }

    #[test]
    fn a_vector_has_unit_length_and_a_direction() {
        let one = Vector::new(vec![3.0, 4.0]).unwrap();
        assert_eq!(one.numbers(), [0.6, 0.8]);
        assert!((one.cosine(&one) - 1.0).abs() < 1e-6);
        for bad in [vec![], vec![0.0, 0.0], vec![f32::NAN], vec![f32::INFINITY, 1.0]] {
            let count = bad.len();
            assert_eq!(Vector::new(bad), Err(EmbedError::NoDirection(count)));
        }
        assert!(Vector::new(vec![1.0; MAX_DIMENSIONS + 1]).is_err());
    }

    #[test]
    fn small_vectors_compare_like_the_large_ones() {
        for dimensions in [1, 7, 384, MAX_DIMENSIONS] {
            let all: Vec<Vector> = (0..40).map(|seed| vector(seed, dimensions)).collect();
            let small = Vectors::build("m", &all).unwrap();
            assert_eq!((small.len(), small.dimensions()), (40, dimensions));
            let question = vector(7, dimensions);
            let cosines = small.cosines(&question);
            assert_eq!(cosines.len(), 40);
            for (vector, cosine) in all.iter().zip(&cosines) {
                let exact = vector.cosine(&question);
                assert!((exact - cosine).abs() < 0.005, "{dimensions}: {exact} {cosine}");
            }
            assert!((cosines[7] - 1.0).abs() < 0.005);
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let ones = Vector::new(vec![1.0; MAX_DIMENSIONS]).unwrap();
        let small = Vectors::build("m", std::slice::from_ref(&ones)).unwrap();
        assert!((small.cosines(&ones)[0] - 1.0).abs() < 0.001);
    }

    #[test]
    fn lengths_that_differ_are_refused() {
        let mut small = Vectors::build("m", &[vector(1, 8)]).unwrap();
        let refused = small.push(&vector(1, 9));
        assert_eq!(refused, Err(EmbedError::Length { expected: 8, found: 9 }));
        assert_eq!(small.len(), 1);
        assert!(small.cosines(&vector(1, 9)).is_empty());
    }

    #[test]
    fn what_has_no_vector_keeps_its_place_and_is_near_nothing() {
        let of = |seed| Vectors::build("m", &[vector(seed, 8)]).unwrap();
        let mut all = of(1).like();
        all.extend(&of(1));
        all.push_none();
        all.extend(&Vectors { model: "another".to_owned(), ..of(1) });
        all.extend(&Vectors::build("m", &[vector(1, 9)]).unwrap());
        all.extend(&of(2));
        assert!(all.is_sound());
        let cosines = all.cosines(&vector(2, 8));
        assert_eq!(cosines[1..4], [0.0; 3]);
        assert!((cosines[4] - 1.0).abs() < 0.005 && cosines[0] != 0.0, "{cosines:?}");
        let numbers: Vec<(usize, Vec<f32>)> = all.numbers().collect();
        assert_eq!(numbers.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 4]);
        let first = Vector::new(numbers[0].1.clone()).unwrap();
        assert!(first.cosine(&vector(1, 8)) > 0.999);
    }

    #[test]
    fn a_blob_takes_a_byte_a_number_and_round_trips() {
        let all: Vec<Vector> = (0..100).map(|seed| vector(seed, 384)).collect();
        let small = Vectors::build("minilm", &all).unwrap();
        let blob = small.to_bytes().unwrap();
        assert!(blob.len() < 100 * (384 + 4) + 32, "{}", blob.len());
        let read = Vectors::from_bytes(&blob).unwrap();
        assert_eq!(read, small);
        assert!(Vectors::from_bytes(&blob[..blob.len() - 1]).is_err());
        assert!(!Vectors { dimensions: 383, ..read }.is_sound());
    }
}
