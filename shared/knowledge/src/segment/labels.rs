//! What is known of a segment's passages beside their text. Neighbours are alike, so it is stored and
//! kept as runs.

use domain::source::{Chunk, ChunkKind};
use serde::{Deserialize, Serialize};

/// Kind and language of each passage.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Labels {
    kinds: Runs<ChunkKind>,
    languages: Runs<Option<String>>,
}

/// What runs of passages have in common: how many passages there are up to the end of each run, and what
/// those in it have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Runs<T>(Vec<(u32, T)>);

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Runs<T> {
    fn of(values: impl Iterator<Item = T>) -> Self {
        let mut runs: Vec<(u32, T)> = Vec::new();
        for (value, end) in values.zip(1..) {
            match runs.last_mut() {
                Some(last) if last.1 == value => last.0 = end,
                _ => runs.push((end, value)),
            }
        }
        Self(runs)
    }

    fn at(&self, place: usize) -> Option<&T> {
        let run = self.0.partition_point(|(end, _)| *end as usize <= place);
        self.0.get(run).map(|(_, value)| value)
    }
}

impl Labels {
    /// Those of `chunks`.
    pub(super) fn of(chunks: &[Chunk]) -> Self {
        Self {
            kinds: Runs::of(chunks.iter().map(|chunk| chunk.kind)),
            languages: Runs::of(chunks.iter().map(|chunk| chunk.language.clone())),
        }
    }

    pub(super) fn kind(&self, passage: usize) -> ChunkKind {
        self.kinds.at(passage).copied().unwrap_or_default()
    }

    pub(super) fn language(&self, passage: usize) -> Option<&str> {
        self.languages.at(passage)?.as_deref()
    }

    /// About how much memory they take.
    pub(super) fn bytes(&self) -> usize {
        let names = self.languages.0.iter().filter_map(|(_, name)| name.as_ref());
        let names: usize = names.map(String::len).sum();
        names + size_of_val(&*self.kinds.0) + size_of_val(&*self.languages.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::Segment;

    fn chunks(labels: &[(ChunkKind, Option<&str>)]) -> Vec<Chunk> {
        let chunk = |(at, (kind, language)): (usize, &(ChunkKind, Option<&str>))| Chunk {
            content: format!("Passage number {at}."),
            kind: *kind,
            language: language.map(str::to_owned),
            ..Chunk::default()
        };
        labels.iter().enumerate().map(chunk).collect()
    }

    #[test]
    fn kind_and_language_of_each_passage_are_kept() {
        use ChunkKind::{Code, Steps, Text};
        let labels = [
            (Text, Some("de")),
            (Text, Some("de")),
            (Code, Some("de")),
            (Steps, None),
            (Text, Some("en-GB")),
        ];
        let blob = Segment::encode(&chunks(&labels)).unwrap();
        let read = Segment::decode(&blob).unwrap();
        let found: Vec<_> =
            (0..labels.len()).map(|at| (read.kind(at), read.language_of(at))).collect();
        assert_eq!(found, labels);
        assert_eq!((read.kind(99), read.language_of(99)), (Text, None));
    }

    #[test]
    fn alike_neighbours_take_a_few_bytes_together() {
        let alike: Vec<_> = (0..10_000).map(|_| (ChunkKind::Text, Some("de-AT"))).collect();
        let labels = Labels::of(&chunks(&alike));
        assert!(postcard::to_stdvec(&labels).unwrap().len() < 20);
        assert!(labels.bytes() < 200);
    }
}
