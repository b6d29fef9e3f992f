//! What a segment's blob says, before it is packed.

use std::{collections::HashMap, sync::Arc};

use domain::source::Chunk;
use serde::{Deserialize, Serialize};

use super::{Above, Place, Segment, SegmentError, labels::Labels};
use crate::{
    semantic::{Vectors, static_embedding, text_below},
    text::{self, Language, Stems},
    words::{Pieces, Read, Writer},
};

/// Bytes of a crawl's text that its language is told by.
const SAMPLE: usize = 20_000;

/// What a blob says.
pub(super) struct Stored {
    shape: Shape,
    /// Titles and headings in order, then passages in order.
    numbers: Vec<u32>,
    embeddings: Vectors,
    labels: Labels,
}

#[derive(Serialize, Deserialize)]
struct Shape {
    language: Language,
    pieces: Pieces,
    urls: Vec<String>,
    /// Of each: its URL, one more than its place or 0; how many numbers its title and each of its
    /// headings have.
    above: Vec<(u32, Vec<u32>)>,
    /// Of each passage: what is above it, and how many numbers it has.
    passages: Vec<(u32, u32)>,
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// As many numbers as `count` in the form that postcard gives them (LEB128), and the bytes after
/// them. They are most of a segment, and serde's way, number by number, takes several times as
/// long.
fn varints(count: usize, bytes: &[u8]) -> Option<(Vec<u32>, &[u8])> {
    let mut numbers = Vec::with_capacity(count.min(bytes.len()));
    let mut rest = bytes.iter();
    while numbers.len() < count {
        let first = *rest.next()?;
        let mut number = u32::from(first & 0x7f);
        let (mut last, mut shift) = (first, 0);
        while last >= 0x80 {
            last = *rest.next()?;
            shift += 7;
            // The fifth has room for four bits.
            if shift > 28 || (shift == 28 && last > 0x0f) {
                return None;
            }
            number |= u32::from(last & 0x7f) << shift;
        }
        numbers.push(number);
    }
    Some((numbers, rest.as_slice()))
}

/// The language that most of `chunks` are in.
fn language(chunks: &[Chunk]) -> Language {
    let mut sample = String::new();
    // Some from all over, since a page may begin with an imprint in another language.
    let step = chunks.len().div_ceil(40).max(1);
    for chunk in chunks.iter().step_by(step) {
        sample.extend(chunk.content.chars().take(SAMPLE / 40));
        sample.push('\n');
    }
    text::detect(&sample)
}

impl Stored {
    /// The stored form of `chunks`.
    pub(super) fn of(chunks: &[Chunk]) -> Self {
        let language = language(chunks);
        let mut writer = Writer::new(Stems::of(language));
        let mut known: HashMap<Above, u32> = HashMap::new();
        let mut urls: HashMap<&str, u32> = HashMap::new();
        let mut made =
            (Vec::new(), Vec::<(u32, Vec<u32>)>::new(), Vec::with_capacity(chunks.len()));
        let (mut numbers, mut bodies) = (Vec::new(), Vec::new());
        for chunk in chunks {
            let Chunk { content, headings, url, title, .. } = chunk;
            let above =
                Above { title: title.clone(), headings: headings.clone(), url: url.clone() };
            let next = place(made.1.len());
            let at = *known.entry(above).or_insert(next);
            if at == next {
                let url = url.as_deref().map_or(0, |url| {
                    let next = place(made.0.len() + 1);
                    let at = *urls.entry(url).or_insert(next);
                    if at == next {
                        made.0.push(url.to_owned());
                    }
                    at
                });
                let mut lengths = Vec::with_capacity(1 + headings.len());
                for line in std::iter::once(title).chain(headings) {
                    let written = writer.write(line);
                    lengths.push(place(written.len()));
                    numbers.extend(written);
                }
                made.1.push((url, lengths));
            }
            let written = writer.write(content);
            made.2.push((at, place(written.len())));
            bodies.extend(written);
        }
        numbers.append(&mut bodies);
        let (pieces, now) = writer.end();
        for number in &mut numbers {
            *number = now[*number as usize];
        }
        let (urls, above, passages) = made;
        let embeddings = static_embedding::of_passages(chunks, language);
        let shape = Shape { language, pieces, urls, above, passages };
        Self { shape, numbers, embeddings, labels: Labels::of(chunks) }
    }

    /// As bytes, not packed.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(&(&self.shape, &self.numbers, &self.embeddings, &self.labels))
    }

    /// From such bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, SegmentError> {
        let (shape, rest) = postcard::take_from_bytes(bytes)?;
        let (count, rest) = postcard::take_from_bytes(rest)?;
        let (numbers, rest) = varints(count, rest).ok_or(SegmentError::Inconsistent)?;
        let (embeddings, rest): (Vectors, _) = postcard::take_from_bytes(rest)?;
        // A blob from before there were labels ends here; one with them is read by who knows none.
        let labels = match rest {
            [] => Labels::default(),
            labels => postcard::from_bytes(labels)?,
        };
        Ok(Self { shape, numbers, embeddings, labels })
    }

    /// The segment. `None` if what is stored contradicts itself.
    pub(super) fn read(self) -> Option<Segment> {
        let Self { shape, numbers, embeddings, labels } = self;
        let Shape { language, pieces, urls, above: lines, passages: lengths } = shape;
        let Read { words, terms_of, terms, reader } = pieces.read()?;
        if embeddings.len() != lengths.len() || !embeddings.is_sound() {
            return None;
        }
        let mut rest = numbers.as_slice();
        let mut take = |length: u32| {
            let (taken, left) = rest.split_at_checked(length as usize)?;
            rest = left;
            Some(taken)
        };
        let mut all_above = Vec::with_capacity(lines.len());
        for (url, lengths) in lines {
            let url = match url.checked_sub(1) {
                None => None,
                Some(at) => Some(urls.get(at as usize)?.clone()),
            };
            let mut above = Above { url, ..Above::default() };
            let mut written = Vec::new();
            for (at, length) in lengths.into_iter().enumerate() {
                let line = take(length)?;
                reader.count_words(line)?;
                written.extend_from_slice(line);
                match at {
                    0 => above.title = reader.text(line),
                    _ => above.headings.push(reader.text(line)),
                }
            }
            all_above.push((above, written));
        }
        let mut count = 0;
        let mut passages = Vec::with_capacity(lengths.len());
        let mut begin = numbers.len() - rest.len();
        for (above, length) in lengths {
            all_above.get(above as usize)?;
            let end = begin + length as usize;
            count += reader.count_words(numbers.get(begin..end)?)?;
            passages.push(Place { above, begin, end });
            begin = end;
        }
        let mut segment = Segment {
            language,
            words,
            terms_of,
            terms,
            above: all_above,
            passages,
            numbers,
            reader,
            count,
            embeddings: Arc::default(),
            labels,
        };
        let embeddings = static_embedding::still_valid(embeddings, language);
        segment.embeddings = Arc::new(embeddings.unwrap_or_else(|| embedded(&segment)));
        Some(segment)
    }
}

/// The static embeddings of the passages of a segment that was stored with others.
fn embedded(segment: &Segment) -> Vectors {
    let texts = (0..segment.len()).map(|at| {
        let above =
            segment.above(at).map(|(above, _)| above.headings.last().unwrap_or(&above.title));
        text_below(above.map_or("", String::as_str), &segment.content(at))
    });
    let texts: Vec<String> = texts.collect();
    static_embedding::of_texts(texts.iter().map(String::as_str), segment.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_postcard_writes_them() {
        let numbers = vec![0, 1, 127, 128, 16_383, 16_384, 1 << 28, u32::MAX - 1, u32::MAX];
        let bytes = postcard::to_stdvec(&numbers).unwrap();
        let (count, rest): (usize, _) = postcard::take_from_bytes(&bytes).unwrap();
        assert_eq!(varints(count, rest), Some((numbers, &[][..])));
        assert_eq!(varints(count, &rest[..rest.len() - 1]), None);
        assert_eq!(varints(count + 1, rest), None);
        assert_eq!(varints(1, &[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert_eq!(varints(1, &[0x80, 0x80, 0x80, 0x80, 0x80, 0]), None);
    }
}
