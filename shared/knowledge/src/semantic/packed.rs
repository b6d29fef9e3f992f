//! A segment and the vectors of its passages as one blob, so that they are written and made
//! current together. A blob without vectors is the segment's own and nothing around it.

use super::Vectors;

/// Begins a blob that has vectors too. A segment begins with the number of its form, which counts
/// up from 1.
const MARK: u8 = 0xfe;
/// The mark, and how many bytes the segment has.
const HEAD: usize = 5;

/// A blob that is not what [`pack`] makes.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Vectors that are broken or cut short.
    #[error("not packed vectors: {0}")]
    Broken(#[from] postcard::Error),
    /// It contradicts itself, or is larger than 4 GiB.
    #[error("a packed segment that contradicts itself")]
    Inconsistent,
}

/// The blob of an encoded `segment` and the vectors of its passages.
///
/// # Errors
///
/// [`PackError`] if they can't be written down.
pub fn pack(segment: Vec<u8>, vectors: Option<&Vectors>) -> Result<Vec<u8>, PackError> {
    let Some(vectors) = vectors else { return Ok(segment) };
    let length = u32::try_from(segment.len()).map_err(|_| PackError::Inconsistent)?;
    let mut blob = Vec::with_capacity(HEAD + segment.len() + vectors.bytes() + 64);
    blob.push(MARK);
    blob.extend(length.to_le_bytes());
    blob.extend(segment);
    Ok(postcard::to_extend(vectors, blob)?)
}

/// The encoded segment in `blob`, and the vectors if there are any.
///
/// # Errors
///
/// [`PackError`] if it is cut short or its vectors make no sense.
pub fn unpack(blob: &[u8]) -> Result<(&[u8], Option<Vectors>), PackError> {
    let Some((&MARK, rest)) = blob.split_first() else { return Ok((blob, None)) };
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(PackError::Inconsistent)?;
    let length =
        usize::try_from(u32::from_le_bytes(*length)).map_err(|_| PackError::Inconsistent)?;
    let (segment, vectors) = rest.split_at_checked(length).ok_or(PackError::Inconsistent)?;
    Ok((segment, Some(Vectors::from_bytes(vectors)?)))
}

#[cfg(test)]
mod tests {
    use super::{super::Vector, *};

    #[test]
    fn a_segment_comes_back_with_its_vectors_and_without() {
        let vectors = Vectors::build("m", &[Vector::new(vec![1.0, 2.0, 3.0]).unwrap()]).unwrap();
        let segment = vec![2, 7, 7, 7];
        let blob = pack(segment.clone(), Some(&vectors)).unwrap();
        assert_eq!(unpack(&blob).unwrap(), (segment.as_slice(), Some(vectors)));
        let bare = pack(segment.clone(), None).unwrap();
        assert_eq!(bare, segment);
        assert_eq!(unpack(&bare).unwrap(), (segment.as_slice(), None));
    }

    #[test]
    fn a_broken_blob_is_refused_wherever_it_breaks() {
        let vectors = Vectors::build("m", &[Vector::new(vec![1.0; 16]).unwrap()]).unwrap();
        let blob = pack(vec![2; 20], Some(&vectors)).unwrap();
        for end in 1..blob.len() {
            assert!(unpack(&blob[..end]).is_err(), "{end}");
        }
        assert_eq!(unpack(&[]).unwrap(), (&[][..], None));
    }
}
