//! The stored form of an index: passages as one blob per crawl.
//!
//! It has the passages' text, in a form that what is indexed can be read off ([`crate::words`]), and
//! the static embedding of each passage, which takes longer to compute than to read. Packed by zstd.

mod labels;
mod stored;

use std::{io::Read, sync::Arc};

use domain::source::{Chunk, ChunkKind};

use self::{labels::Labels, stored::Stored};
use crate::{semantic::Vectors, text::Language, words::Reader};

/// Grows when the form changes; a reader refuses what it does not know.
const FORMAT: u8 = 3;
/// Of zstd: a crawl packs once what many a question unpacks.
const LEVEL: i32 = 15;
/// A blob that claims to hold more than this is refused.
const MAX_BYTES: u64 = 1 << 29;

/// What is above passages: the same for all that are under one heading of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Above {
    /// The page's title.
    pub title: String,
    /// Headings, outermost first.
    pub headings: Vec<String>,
    /// The page they are on.
    pub url: Option<String>,
}

/// Passages, with what is indexed of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segment {
    /// What its words are stemmed by: the language that most of it is in.
    pub language: Language,
    /// The words that are in it, in lower case; others name them by their place here.
    pub words: Vec<Arc<str>>,
    /// The term of each word, by its place in `terms`.
    pub terms_of: Vec<u32>,
    /// The terms of its words.
    pub terms: Vec<Arc<str>>,
    above: Vec<(Above, Vec<u32>)>,
    passages: Vec<Place>,
    /// As stored.
    numbers: Vec<u32>,
    reader: Reader,
    count: usize,
    embeddings: Arc<Vectors>,
    labels: Labels,
}

/// Where a passage's numbers begin and end, and which of those above is above it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    above: u32,
    begin: usize,
    end: usize,
}

/// A blob that is not a segment of this form.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// Broken, or cut short.
    #[error("not a segment: {0}")]
    Broken(#[from] postcard::Error),
    /// Not packed, or cut short.
    #[error("not a packed segment: {0}")]
    Packed(#[from] std::io::Error),
    /// It contradicts itself.
    #[error("a segment that contradicts itself")]
    Inconsistent,
    /// From another version of this code.
    #[error("segment format {0} is not known here")]
    Format(u8),
}

impl Segment {
    /// Indexes `chunks`. A passage is found by its headings and its page's title too.
    pub fn build(chunks: &[Chunk]) -> Self {
        // What was just written reads.
        Stored::of(chunks).read().unwrap_or_default()
    }

    /// The blob for `chunks`.
    pub fn encode(chunks: &[Chunk]) -> Result<Vec<u8>, SegmentError> {
        let plain = Stored::of(chunks).to_bytes()?;
        let mut blob = vec![FORMAT];
        zstd::stream::copy_encode(plain.as_slice(), &mut blob, LEVEL)?;
        Ok(blob)
    }

    /// Reads a blob.
    pub fn decode(bytes: &[u8]) -> Result<Self, SegmentError> {
        let packed = match bytes.split_first() {
            Some((&FORMAT, packed)) => packed,
            other => {
                return Err(SegmentError::Format(other.map(|(f, _)| *f).unwrap_or_default()));
            }
        };
        let mut plain = Vec::with_capacity(packed.len() * 4);
        zstd::stream::read::Decoder::new(packed)?.take(MAX_BYTES).read_to_end(&mut plain)?;
        Stored::from_bytes(&plain)?.read().ok_or(SegmentError::Inconsistent)
    }

    /// How many passages it has.
    pub fn len(&self) -> usize {
        self.passages.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let terms: usize = self.terms.iter().map(|term| size_of::<Arc<str>>() + term.len()).sum();
        let above = |(above, terms): &(Above, Vec<u32>)| {
            let headings: usize = above.headings.iter().map(String::len).sum();
            let texts = above.title.len() + headings + above.url.as_ref().map_or(0, String::len);
            size_of::<Above>() + texts + size_of_val(terms.as_slice())
        };
        let above: usize = self.above.iter().map(above).sum();
        let places = size_of_val(&*self.passages) + size_of_val(&*self.numbers);
        terms + above + places + self.labels.bytes()
    }

    /// The text of a passage; empty for one that it doesn't have.
    pub fn content(&self, passage: usize) -> String {
        self.reader.text(self.body(passage))
    }

    /// What is above a passage, and the numbers of that.
    pub fn above(&self, passage: usize) -> Option<(&Above, &[u32])> {
        let place = self.passages.get(passage)?;
        self.above.get(place.above as usize).map(|(above, numbers)| (above, numbers.as_slice()))
    }

    /// What a passage mostly is; text in a segment from before that was looked for.
    pub fn kind(&self, passage: usize) -> ChunkKind {
        self.labels.kind(passage)
    }

    /// The language of a passage's page, such as `de-AT`, as far as it is known.
    pub fn language_of(&self, passage: usize) -> Option<&str> {
        self.labels.language(passage)
    }

    /// The static embeddings of its passages, in their order.
    pub fn embeddings(&self) -> &Arc<Vectors> {
        &self.embeddings
    }

    /// The numbers of a passage, in order.
    pub(crate) fn body(&self, passage: usize) -> &[u32] {
        let place = self.passages.get(passage);
        place.and_then(|place| self.numbers.get(place.begin..place.end)).unwrap_or_default()
    }

    /// How many words its passages have.
    pub(crate) fn count_words(&self) -> usize {
        self.count
    }

    /// What reads the numbers of its passages.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(content: String, heading: &str) -> Chunk {
        Chunk {
            id: "0".into(),
            content,
            headings: vec![heading.to_owned()],
            url: Some("https://example.com/fruit".into()),
            title: "Kitchen".into(),
            tokens: 9,
            ..Chunk::default()
        }
    }

    #[test]
    fn a_blob_round_trips_and_a_broken_one_is_refused() {
        let texts = ["Pears keep for a week.\n- Pears  are sweet!", "Figs?"];
        let chunks = [chunk(texts[0].into(), "Fruit"), chunk(texts[1].into(), "Fruit")];
        let segment = Segment::build(&chunks);
        assert_eq!(segment.len(), 2);
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(segment.content(at), *text);
            let (above, numbers) = segment.above(at).unwrap();
            assert_eq!((above.title.as_str(), numbers.len()), ("Kitchen", 2));
            assert_eq!(above.headings, ["Fruit"]);
            assert_eq!(above.url, chunks[at].url);
        }
        assert_eq!(segment.count_words(), 9);
        assert_eq!(segment.language, Language::English);
        assert_eq!(segment.embeddings().len(), 2);
        assert!(segment.words.iter().any(|word| &**word == "pears"));
        assert!(segment.terms.iter().any(|term| &**term == "pear"));
        let bytes = Segment::encode(&chunks).unwrap();
        assert_eq!(Segment::decode(&bytes).unwrap(), segment);
        assert!(Segment::decode(&bytes[..bytes.len() / 2]).is_err());
        assert!(matches!(Segment::decode(&[9, 9]), Err(SegmentError::Format(9))));
        assert!(Segment::decode(&[]).is_err());
    }

    /// Ten thousand passages of 120 words. The words are drawn by Zipf's law from a vocabulary as
    /// large as such a text has, and independently, so they pack worse than language does.
    #[test]
    fn ten_thousand_passages_take_at_most_four_megabytes() {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as f64 / f64::from(1u32 << 31)
        };
        let letters = b"etaoinshrdlucmfwypvbgkqjxz";
        let words: Vec<String> = (0..40_000)
            .map(|_| {
                let length = 2 + (random() * 9.0) as usize;
                let letter = |r: f64| char::from(letters[(r * r * 26.0) as usize]);
                (0..length).map(|_| letter(random())).collect()
            })
            .collect();
        let chunks: Vec<Chunk> = (0..10_000)
            .map(|at| {
                // Uniform on a logarithmic scale is Zipf's law.
                let word = |r: f64| words[(r * 40_000f64.ln()).exp() as usize - 1].as_str();
                let text: Vec<&str> = (0..120).map(|_| word(random())).collect();
                chunk(text.join(" "), &format!("Section {}", at / 4))
            })
            .collect();
        let bytes = Segment::encode(&chunks).unwrap();
        assert!(bytes.len() <= 4_000_000, "{} bytes", bytes.len());
        assert_eq!(Segment::decode(&bytes).unwrap().len(), chunks.len());
    }
}
