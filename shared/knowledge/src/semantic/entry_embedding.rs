//! The vectors of all that one chatbot knows, in the order of its index's entries.

use std::sync::Arc;

use super::{EmbedError, Embedder, QuerySteps, Vector, Vectors};

/// Vectors for the entries of an index. A part that has none of this model (it was crawled before
/// there was one, or with another) is found by its words alone.
#[derive(Debug, Clone, Default)]
pub struct EntryEmbedding {
    model: String,
    /// Where the entries of each begin, and their vectors.
    parts: Vec<(usize, Option<Arc<Vectors>>)>,
    entries: usize,
}

/// A question as the model takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryEmbedding {
    /// Where it points.
    pub vector: Vector,
    /// From 0 to 1: how well the model reads it.
    pub legibility: f32,
    /// About how many words of an entry the model read.
    pub reads_words: f32,
}

impl QueryEmbedding {
    /// What `embedder` makes of `question`.
    ///
    /// # Errors
    ///
    /// [`EmbedError`] if it fails. That need fail no search: words still find what they find.
    pub async fn of(embedder: &dyn Embedder, question: &str) -> Result<Self, EmbedError> {
        let made = embedder.embed(&[question]).await?;
        let vector = made.into_iter().next();
        let vector = vector.ok_or_else(|| EmbedError::Failed("no vector came back".into()))?;
        Ok(Self::at(embedder, question, vector))
    }

    /// That of `question` at `vector`, where `embedder` put it.
    pub fn at(embedder: &dyn Embedder, question: &str, vector: Vector) -> Self {
        let legibility = embedder.legibility(question);
        Self { vector, legibility, reads_words: embedder.reads_words() }
    }

    /// How far the vectors of entries of `words` each can be relied on for this question: as far
    /// as the model reads the question, and as much of an entry as it read.
    pub(crate) fn reliance(&self, words: f32) -> f32 {
        self.legibility * (self.reads_words / words.max(1.0)).min(1.0)
    }
}

impl EntryEmbedding {
    /// Of entries by `model`, none yet.
    pub fn of(model: &str) -> Self {
        Self { model: model.to_owned(), ..Self::default() }
    }

    /// Adds the next `entries` with their vectors, which are left out unless they are of this model
    /// and as many.
    pub fn add(&mut self, entries: usize, vectors: Option<Arc<Vectors>>) {
        let fits =
            |vectors: &Arc<Vectors>| vectors.model() == self.model && vectors.len() == entries;
        self.parts.push((self.entries, vectors.filter(fits)));
        self.entries += entries;
    }

    /// How many entries there are, with a vector or without.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// The model that the vectors are of.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many entries have a vector.
    pub fn len(&self) -> usize {
        self.parts.iter().filter_map(|(_, vectors)| vectors.as_ref()).map(|v| v.len()).sum()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cosine of each entry with `question`, 0 where there is none.
    pub(crate) fn cosines(&self, question: &QuerySteps) -> Vec<f32> {
        let mut all = Vec::with_capacity(self.entries);
        for (begin, vectors) in &self.parts {
            all.resize(*begin, 0.0);
            if let Some(vectors) = vectors {
                all.extend(vectors.cosines_with(question));
            }
        }
        all.resize(self.entries, 0.0);
        all
    }

    /// The first numbers of each entry that has a vector, as steps, and how large one is, with its place.
    pub(crate) fn coarse(&self) -> impl Iterator<Item = (usize, (&[i8], f32))> {
        let some =
            self.parts.iter().filter_map(|(begin, vectors)| Some((*begin, vectors.as_ref()?)));
        some.flat_map(|(begin, vectors)| (begin..).zip(vectors.coarse()))
    }

    /// The cosine of one entry with `question`, 0 if it has no vector.
    pub(crate) fn cosine(&self, entry: u32, question: &QuerySteps) -> f32 {
        self.vectors(entry).map_or(0.0, |(all, at)| all.cosine(at, question))
    }

    /// About the same, where the numbers of vectors are in the order of how much they tell.
    pub(crate) fn coarse_cosine(&self, entry: u32, question: &QuerySteps) -> f32 {
        self.vectors(entry).map_or(0.0, |(all, at)| all.coarse_cosine(at, question))
    }

    /// The vectors that an entry's is among, and its place there.
    fn vectors(&self, entry: u32) -> Option<(&Vectors, usize)> {
        let entry = entry as usize;
        let part = self.parts.partition_point(|(begin, _)| *begin <= entry).checked_sub(1)?;
        let (begin, vectors) = self.parts.get(part)?;
        Some((vectors.as_deref()?, entry - begin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(model: &str, all: &[[f32; 2]]) -> Option<Arc<Vectors>> {
        let all: Vec<Vector> = all.iter().map(|v| Vector::new(v.to_vec()).unwrap()).collect();
        Some(Arc::new(Vectors::build(model, &all).unwrap()))
    }

    #[test]
    fn entries_keep_their_places_whatever_has_no_vectors() {
        let mut entries = EntryEmbedding::of("m");
        entries.add(1, vectors("m", &[[1.0, 0.0]]));
        entries.add(2, None);
        entries.add(1, vectors("another", &[[1.0, 0.0]]));
        entries.add(2, vectors("m", &[[0.0, 1.0]]));
        entries.add(1, vectors("m", &[[0.0, 1.0]]));
        assert_eq!(entries.len(), 2);
        let cosines = entries.cosines(&Vector::new(vec![0.0, 1.0]).unwrap().steps());
        assert_eq!(cosines.len(), 7);
        for (place, cosine) in cosines.iter().enumerate() {
            let expected = if place == 6 { 1.0 } else { 0.0 };
            assert!((cosine - expected).abs() < 0.01, "{place}: {cosine}");
        }
    }

    #[test]
    fn entries_that_were_read_in_part_are_relied_on_in_part() {
        let vector = Vector::new(vec![1.0]).unwrap();
        let query = QueryEmbedding { vector, legibility: 0.5, reads_words: 200.0 };
        let of = [0.0, 100.0, 200.0, 400.0, 2_000.0].map(|words| query.reliance(words));
        assert_eq!(of, [0.5, 0.5, 0.5, 0.25, 0.05]);
    }
}
