//! Bodies as servers pack them: gzip, deflate, Brotli, Zstandard, also where none was requested.

use std::io::{self, Read};

use flate2::{
    bufread::GzDecoder,
    read::{DeflateDecoder, ZlibDecoder},
};

use crate::OutboundError;

/// What is sent as `Accept-Encoding`.
pub(crate) const ACCEPTED: &str = "gzip, deflate, br, zstd";
/// Encodings of one body at most.
const MAX_ENCODINGS: usize = 3;
/// Encodings that are registered with IANA and not read here. Any other value, such as `UTF-8`, names
/// no encoding: the body is as it is.
const UNREADABLE: &[&str] =
    &["compress", "x-compress", "pack200-gzip", "exi", "sdch", "dcb", "dcz"];
/// How each member of a gzip file begins.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// The same with the one method that there is.
const DEFLATED: &[u8] = &[0x1f, 0x8b, 8];
/// The largest window of Zstandard, as a power of two: what RFC 8878 asks decoders to support.
const WINDOW: u32 = 23;

/// Unpacks `body`, which `encodings` (the value of `Content-Encoding`) says how to, to at most
/// `bound` bytes.
pub(crate) fn unpacked(
    mut body: Vec<u8>,
    encodings: &str,
    bound: usize,
) -> Result<Vec<u8>, OutboundError> {
    for encoding in encodings.split(',').rev().take(MAX_ENCODINGS) {
        let encoding = encoding.trim().to_ascii_lowercase();
        body = match encoding.as_str() {
            _ if body.is_empty() => body,
            // Some servers say so of what they did not pack.
            "gzip" | "x-gzip" if !body.starts_with(GZIP) => body,
            "gzip" | "x-gzip" => members(&body, bound)?,
            "deflate" => match read(ZlibDecoder::new(body.as_slice()), bound) {
                // By its standard it is zlib's format; some servers leave out its header.
                Err(OutboundError::Failed(_)) => read(DeflateDecoder::new(body.as_slice()), bound)?,
                unpacked => unpacked?,
            },
            "br" => read(brotli_decompressor::Decompressor::new(body.as_slice(), 4096), bound)?,
            "zstd" => {
                let mut decoder =
                    zstd::stream::read::Decoder::new(body.as_slice()).map_err(broken)?;
                decoder.window_log_max(WINDOW).map_err(broken)?;
                read(decoder, bound)?
            }
            // Others pack and do not say so; no text begins with these bytes.
            "" | "identity" if body.starts_with(DEFLATED) => members(&body, bound)?,
            unread if UNREADABLE.contains(&unread) => {
                return Err(OutboundError::Encoding(encoding));
            }
            _ => body,
        };
    }
    Ok(body)
}

/// Unpacks the members of a gzip file one after the other. What is behind the last one is padding.
fn members(mut packed: &[u8], bound: usize) -> Result<Vec<u8>, OutboundError> {
    let mut body = Vec::new();
    while packed.starts_with(GZIP) {
        let mut member = GzDecoder::new(packed);
        match read(&mut member, bound - body.len()) {
            Ok(part) => body.extend(part),
            Err(OutboundError::TooLarge(_)) => return Err(OutboundError::TooLarge(bound)),
            Err(error) if body.is_empty() => return Err(error),
            Err(_) => break,
        }
        packed = member.into_inner();
    }
    Ok(body)
}

fn read(decoder: impl Read, bound: usize) -> Result<Vec<u8>, OutboundError> {
    let mut body = Vec::new();
    let most = u64::try_from(bound).unwrap_or(u64::MAX);
    match decoder.take(most.saturating_add(1)).read_to_end(&mut body) {
        // Browsers show what there is of a body whose end is missing.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !body.is_empty() => {}
        read => drop(read.map_err(broken)?),
    }
    match body.len() > bound {
        true => Err(OutboundError::TooLarge(bound)),
        false => Ok(body),
    }
}

fn broken(error: io::Error) -> OutboundError {
    OutboundError::Failed(format!("the packed body is broken: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write};

    use super::*;

    const TEXT: &[u8] =
        b"The pier is open from May to October, the pier is open from May to October.";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = write::GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn each_encoding_and_several() {
        let mut zlib = write::ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut raw = write::DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        let zstd = zstd::stream::encode_all(TEXT, 3).unwrap();
        let brotli = [
            0x1b, 0x4a, 0x00, 0xf8, 0x2d, 0x92, 0xc7, 0xad, 0xaf, 0xc4, 0xaa, 0x5c, 0xda, 0x11,
            0x94, 0x54, 0x73, 0x79, 0xdd, 0x94, 0x06, 0x47, 0xa7, 0xc2, 0xd0, 0x1a, 0xa4, 0xcc,
            0x45, 0x6e, 0xa5, 0xbd, 0xb5, 0x22, 0xb6, 0x34, 0x23, 0x90, 0xac, 0x01, 0xa2, 0x97,
            0xd6, 0xa4, 0x33, 0xdf, 0x49, 0xd8, 0x23, 0x5a, 0xc7, 0x00,
        ];
        for (body, encodings) in [
            (gzip(TEXT), "gzip"),
            (zlib.finish().unwrap(), "deflate"),
            (raw.finish().unwrap(), "Deflate"),
            (zstd.clone(), "zstd"),
            (gzip(&zstd), "zstd, gzip"),
            (TEXT.to_vec(), "gzip"),
            (gzip(TEXT), ""),
            (gzip(TEXT), "identity"),
            (TEXT.to_vec(), "identity"),
            (TEXT.to_vec(), "iso-8859-1"),
            (TEXT.to_vec(), "aws-chunked, binary"),
            ([gzip(&TEXT[..30]), gzip(&TEXT[30..])].concat(), "gzip"),
            ([gzip(TEXT), b"<!-- cached -->".to_vec()].concat(), "gzip"),
            ([gzip(TEXT), b"\x1f\x8bno member".to_vec()].concat(), "gzip"),
            (brotli.to_vec(), "br"),
        ] {
            assert_eq!(unpacked(body, encodings, 1_000).as_deref(), Ok(TEXT), "{encodings}");
        }
    }

    #[test]
    fn what_is_too_large_broken_or_unknown_is_an_error() {
        let bomb = gzip(&vec![b' '; 1_000_000]);
        assert_eq!(unpacked(bomb, "gzip", 1_000), Err(OutboundError::TooLarge(1_000)));
        let many = gzip(&[b'x'; 400]).repeat(3);
        assert_eq!(unpacked(many, "gzip", 1_000), Err(OutboundError::TooLarge(1_000)));
        assert!(unpacked(b"\x1f\x8bnothing".to_vec(), "gzip", 1_000).is_err());
        let whole = gzip(TEXT);
        let cut = whole[..whole.len() - 8].to_vec();
        assert_eq!(unpacked(cut, "gzip", 1_000).as_deref(), Ok(TEXT));
        let unknown = OutboundError::Encoding("compress".to_owned());
        assert_eq!(unpacked(TEXT.to_vec(), "compress", 1_000), Err(unknown));
    }
}
