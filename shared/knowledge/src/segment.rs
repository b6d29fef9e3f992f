//! The stored form of an index: passages with their postings, as one blob per crawl.

use std::collections::BTreeMap;

use domain::source::Chunk;
use serde::{Deserialize, Serialize};

use crate::text;

/// Grows when the form changes; a reader refuses what it does not know.
const FORMAT: u8 = 1;

/// A passage as a segment holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentChunk {
    /// Its text.
    pub content: String,
    /// Headings above it, outermost first.
    pub headings: Vec<String>,
    /// The page it is on.
    pub url: Option<String>,
    /// The page's title.
    pub title: String,
    /// Terms in it.
    pub length: u32,
}

/// Where a term stands: a passage's place in the segment, and how often.
pub type Posting = (u32, u16);

/// Passages with their postings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    format: u8,
    /// The passages.
    pub chunks: Vec<SegmentChunk>,
    /// Terms in order, each with where it stands.
    pub terms: Vec<(String, Vec<Posting>)>,
}

/// A blob that is not a segment of this form.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// Broken, or cut short.
    #[error("not a segment: {0}")]
    Broken(#[from] postcard::Error),
    /// From another version of this code.
    #[error("segment format {0} is not known here")]
    Format(u8),
}

impl Segment {
    /// Indexes `chunks`. A passage is found by its headings and its page's title too.
    pub fn build(chunks: &[Chunk]) -> Self {
        let mut postings: BTreeMap<String, Vec<Posting>> = BTreeMap::new();
        let mut stored = Vec::with_capacity(chunks.len());
        for (place, chunk) in (0u32..).zip(chunks) {
            let indexed =
                format!("{}\n{}\n{}", chunk.title, chunk.headings.join("\n"), chunk.content);
            let terms = text::terms(&indexed);
            stored.push(SegmentChunk {
                content: chunk.content.clone(),
                headings: chunk.headings.clone(),
                url: chunk.url.clone(),
                title: chunk.title.clone(),
                length: u32::try_from(terms.len()).unwrap_or(u32::MAX),
            });
            let mut counts: BTreeMap<String, u16> = BTreeMap::new();
            for term in terms {
                let count = counts.entry(term).or_default();
                *count = count.saturating_add(1);
            }
            for (term, count) in counts {
                postings.entry(term).or_default().push((place, count));
            }
        }
        Self { format: FORMAT, chunks: stored, terms: postings.into_iter().collect() }
    }

    /// The blob.
    pub fn encode(&self) -> Result<Vec<u8>, SegmentError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// Reads a blob.
    pub fn decode(bytes: &[u8]) -> Result<Self, SegmentError> {
        match bytes.first() {
            Some(&FORMAT) => Ok(postcard::from_bytes(bytes)?),
            other => Err(SegmentError::Format(other.copied().unwrap_or_default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_round_trips_and_a_broken_one_is_refused() {
        let chunk = Chunk {
            id: "0".into(),
            content: "Pears keep for a week. Pears are sweet.".into(),
            headings: vec!["Fruit".into()],
            url: None,
            title: "Kitchen".into(),
            tokens: 9,
        };
        let segment = Segment::build(&[chunk]);
        let pears = segment.terms.iter().find(|(term, _)| term == "pear").unwrap();
        assert_eq!(pears.1, [(0, 2)]);
        let bytes = segment.encode().unwrap();
        assert_eq!(Segment::decode(&bytes).unwrap(), segment);
        assert!(Segment::decode(&bytes[..bytes.len() / 2]).is_err());
        assert!(matches!(Segment::decode(&[9, 9]), Err(SegmentError::Format(9))));
    }
}
