//! Fonts of a PDF file: which letters a string is of, and how wide they are.

use std::collections::HashMap;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, SHIFT_JIS, UTF_8, UTF_16BE};
use lopdf::{Dictionary, Document as Pdf, Object};

use super::{encoding::SimpleEncoding, letters::LetterMap};

/// The largest map of codes to letters, unpacked.
const MAX_MAP: usize = 2 * 1024 * 1024;
/// Widths kept of one font at most.
const MAX_WIDTHS: usize = 70_000;

/// Widths of Helvetica's letters from the space on, in thousandths of its size: what is drawn in a
/// font that does not say how wide it is, is drawn in one that is much like it.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// How the codes of a string become letters.
enum Decoder {
    Simple(SimpleEncoding),
    /// A map, and for the codes that it leaves out, the font's other encoding.
    Map(LetterMap, Option<SimpleEncoding>),
    Charset(&'static encoding_rs::Encoding),
    /// The file does not say.
    Unknown,
}

/// A font as far as text is read with it.
pub(super) struct Font {
    decoder: Decoder,
    /// Whether codes have two bytes.
    wide: bool,
    widths: HashMap<u32, f32>,
    /// The width of what has none, in thousandths.
    default: Option<f32>,
    fixed: bool,
    pub(super) bold: bool,
}

impl Font {
    pub(super) fn of(pdf: &Pdf, font: &Dictionary) -> Self {
        let name = |key: &[u8]| font.get(key).and_then(Object::as_name).unwrap_or_default();
        let wide = name(b"Subtype") == b"Type0";
        let base = String::from_utf8_lossy(name(b"BaseFont")).to_lowercase();
        let mut made = Self {
            decoder: decoder(pdf, font, wide),
            wide,
            widths: HashMap::new(),
            default: None,
            fixed: base.contains("courier") || base.contains("mono"),
            bold: ["bold", "black", "heavy", "semibold"].iter().any(|word| base.contains(word)),
        };
        if wide {
            made.read_wide(pdf, font)
        } else {
            made.read_simple(pdf, font)
        }
        made
    }

    fn read_simple(&mut self, pdf: &Pdf, font: &Dictionary) {
        let first = font.get_deref(b"FirstChar", pdf).and_then(Object::as_i64).unwrap_or(0);
        let widths = font.get_deref(b"Widths", pdf).and_then(Object::as_array);
        for (at, width) in widths.into_iter().flatten().take(256).enumerate() {
            let code = u32::try_from(first).unwrap_or(0).saturating_add(at as u32);
            let width = pdf.dereference(width).ok().and_then(|(_, width)| width.as_float().ok());
            self.widths.extend(width.map(|width| (code, width)));
        }
    }

    fn read_wide(&mut self, pdf: &Pdf, font: &Dictionary) {
        let descendants = font.get_deref(b"DescendantFonts", pdf).and_then(Object::as_array);
        let first = descendants.ok().and_then(|all| all.first());
        let font = first.and_then(|font| pdf.dereference(font).ok()?.1.as_dict().ok());
        let Some(font) = font else { return };
        let default = font.get_deref(b"DW", pdf).and_then(Object::as_float);
        self.default = Some(default.unwrap_or(1000.0));
        let Ok(widths) = font.get_deref(b"W", pdf).and_then(Object::as_array) else { return };
        let mut parts = widths.iter();
        while let (Some(first), Some(next)) = (parts.next(), parts.next()) {
            let Some(first) = first.as_i64().ok().and_then(|code| u32::try_from(code).ok()) else {
                return;
            };
            match pdf.dereference(next).map(|(_, next)| next) {
                Ok(Object::Array(list)) => {
                    for (at, width) in list.iter().enumerate() {
                        if let Ok(width) = width.as_float() {
                            self.put(first.saturating_add(at as u32), width);
                        }
                    }
                }
                Ok(last) => {
                    let last = last.as_i64().ok().and_then(|code| u32::try_from(code).ok());
                    let width = parts.next().and_then(|width| width.as_float().ok());
                    let (Some(last), Some(width)) = (last, width) else { return };
                    for code in first..=last.min(first.saturating_add(u32::from(u16::MAX))) {
                        self.put(code, width);
                    }
                }
                Err(_) => return,
            }
            if self.widths.len() > MAX_WIDTHS {
                return;
            }
        }
    }

    fn put(&mut self, code: u32, width: f32) {
        if self.widths.len() <= MAX_WIDTHS {
            self.widths.insert(code, width);
        }
    }

    /// Adds the letters of a string; says whether the file says which they are.
    pub(super) fn decode(&self, bytes: &[u8], text: &mut String) -> bool {
        match &self.decoder {
            Decoder::Simple(encoding) => {
                encoding.decode(bytes, text);
                true
            }
            Decoder::Map(map, other) => map.decode(bytes, text, |code, text| {
                other.as_ref().inspect(|other| other.decode(code, text)).is_some()
            }),
            Decoder::Charset(charset) => {
                text.push_str(&charset.decode_without_bom_handling(bytes).0);
                true
            }
            Decoder::Unknown => false,
        }
    }

    /// How wide a string is: in thousandths of the font's size, how many letters, how many spaces.
    pub(super) fn measure(&self, bytes: &[u8]) -> (f32, usize, usize) {
        if self.wide {
            let codes = bytes
                .chunks(2)
                .map(|code| code.iter().fold(0, |code: u32, byte| code * 256 + u32::from(*byte)));
            let width = |code: u32| self.widths.get(&code).copied().or(self.default);
            let sum = codes.map(|code| width(code).unwrap_or(1000.0)).sum();
            return (sum, bytes.len().div_ceil(2), 0);
        }
        let sum = bytes.iter().map(|byte| self.width(*byte)).sum();
        (sum, bytes.len(), bytes.iter().filter(|byte| **byte == b' ').count())
    }

    fn width(&self, code: u8) -> f32 {
        match self.widths.get(&u32::from(code)) {
            Some(width) => *width,
            None if self.fixed => 600.0,
            None => {
                let place = usize::from(code).checked_sub(32);
                f32::from(place.and_then(|place| WIDTHS.get(place)).copied().unwrap_or(556))
            }
        }
    }
}

/// What says which letters codes are: a map to Unicode before anything else, as the standard has it.
fn decoder(pdf: &Pdf, font: &Dictionary, wide: bool) -> Decoder {
    let simple = || if wide { None } else { SimpleEncoding::of(pdf, font) };
    if let Some(map) = map(pdf, font) {
        return Decoder::Map(map, simple());
    }
    let named = font.get_deref(b"Encoding", pdf).and_then(Object::as_name).unwrap_or_default();
    if let Some(charset) = charset(named) {
        return Decoder::Charset(charset);
    }
    simple().map_or(Decoder::Unknown, Decoder::Simple)
}

fn map(pdf: &Pdf, font: &Dictionary) -> Option<LetterMap> {
    let stream = font.get_deref(b"ToUnicode", pdf).ok()?.as_stream().ok()?;
    LetterMap::of(&stream.get_plain_content_with_limit(MAX_MAP).ok()?)
}

/// The character set of a map that is not in the file but known by its name.
fn charset(name: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let name = std::str::from_utf8(name).ok()?;
    let has = |part: &str| name.contains(part);
    Some(match name {
        _ if has("UCS2") || has("UTF16") => UTF_16BE,
        _ if has("UTF8") => UTF_8,
        _ if has("RKSJ") => SHIFT_JIS,
        _ if has("GBK") || name.starts_with("GB-EUC") || name.starts_with("GBpc") => GB18030,
        _ if has("B5") || has("ETen") || has("HKscs") => BIG5,
        _ if has("KSC") => EUC_KR,
        "EUC-H" | "EUC-V" => EUC_JP,
        _ => return None,
    })
}
