//! What a segment's blob says, before it is packed.

use std::collections::HashMap;

use domain::source::Chunk;
use serde::{Deserialize, Serialize};

use super::{Above, Place, Segment, SegmentError};
use crate::words::{Pieces, Writer};

/// What a blob says.
pub(super) struct Stored {
    shape: Shape,
    /// Titles and headings in order, then passages in order.
    numbers: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct Shape {
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

/// As many numbers as `count` in the form that postcard gives them (LEB128), which are all of
/// `bytes`. They are most of a segment, and serde's way, number by number, takes several times as
/// long.
fn varints(count: usize, bytes: &[u8]) -> Option<Vec<u32>> {
    let mut numbers = Vec::with_capacity(count.min(bytes.len()));
    let mut bytes = bytes.iter().copied();
    while let Some(first) = bytes.next() {
        let mut number = u32::from(first & 0x7f);
        let (mut last, mut shift) = (first, 0);
        while last >= 0x80 {
            last = bytes.next()?;
            shift += 7;
            // The fifth has room for four bits.
            if shift > 28 || (shift == 28 && last > 0x0f) {
                return None;
            }
            number |= u32::from(last & 0x7f) << shift;
        }
        numbers.push(number);
    }
    (numbers.len() == count).then_some(numbers)
}

impl Stored {
    /// The stored form of `chunks`.
    pub(super) fn of(chunks: &[Chunk]) -> Self {
        let mut writer = Writer::default();
        let mut known: HashMap<Above, u32> = HashMap::new();
        let mut urls: HashMap<&str, u32> = HashMap::new();
        let mut made =
            (Vec::new(), Vec::<(u32, Vec<u32>)>::new(), Vec::with_capacity(chunks.len()));
        let (mut numbers, mut bodies) = (Vec::new(), Vec::new());
        for chunk in chunks {
            let Chunk { id: _, content, headings, url, title, tokens: _ } = chunk;
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
        Self { shape: Shape { pieces, urls, above, passages }, numbers }
    }

    /// As bytes, not packed.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(&(&self.shape, &self.numbers))
    }

    /// From such bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, SegmentError> {
        let (shape, rest) = postcard::take_from_bytes(bytes)?;
        let (count, rest) = postcard::take_from_bytes(rest)?;
        let numbers = varints(count, rest).ok_or(SegmentError::Inconsistent)?;
        Ok(Self { shape, numbers })
    }

    /// The segment. `None` if what is stored contradicts itself.
    pub(super) fn read(self) -> Option<Segment> {
        let Self { shape, numbers } = self;
        let Shape { pieces, urls, above: lines, passages: lengths } = shape;
        let (terms, reader) = pieces.read()?;
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
            let mut terms = Vec::new();
            for (at, length) in lengths.into_iter().enumerate() {
                let line = take(length)?;
                terms.reserve_exact(reader.words(line)?);
                terms.extend(reader.terms(line));
                match at {
                    0 => above.title = reader.text(line),
                    _ => above.headings.push(reader.text(line)),
                }
            }
            all_above.push((above, terms));
        }
        let mut words = 0;
        let mut passages = Vec::with_capacity(lengths.len());
        let mut begin = numbers.len() - rest.len();
        for (above, length) in lengths {
            all_above.get(above as usize)?;
            let end = begin + length as usize;
            words += reader.words(numbers.get(begin..end)?)?;
            passages.push(Place { above, begin, end });
            begin = end;
        }
        Some(Segment { terms, above: all_above, passages, numbers, reader, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_postcard_writes_them() {
        let numbers = vec![0, 1, 127, 128, 16_383, 16_384, 1 << 28, u32::MAX - 1, u32::MAX];
        let bytes = postcard::to_stdvec(&numbers).unwrap();
        let (count, rest): (usize, _) = postcard::take_from_bytes(&bytes).unwrap();
        assert_eq!(varints(count, rest), Some(numbers));
        assert_eq!(varints(count, &rest[..rest.len() - 1]), None);
        assert_eq!(varints(count + 1, rest), None);
        assert_eq!(varints(1, &[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert_eq!(varints(1, &[0x80, 0x80, 0x80, 0x80, 0x80, 0]), None);
    }
}
