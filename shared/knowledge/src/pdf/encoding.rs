//! Encodings of simple fonts: which letters the 256 codes of a font are, by a base encoding and by the names
//! of glyphs that differ from it.
//!
//! Names are read as the Adobe Glyph List Specification says, and where one says nothing (`G41`, `c65`), the
//! code has the letter that it has in the base encoding. `lopdf` gives a font up for one such name.

use std::{collections::HashMap, sync::LazyLock};

use encoding_rs::{MACINTOSH, WINDOWS_1252};
use lopdf::{Dictionary, Document as Pdf, Object};

/// `StandardEncoding` from the space on; U+FFFD where it has no letter. ISO 32000-1, annex D.2.
const STANDARD: &str = " !\"#$%&’()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_‘abcdefghijklmnopqrstuvwxyz{|}~\
    ����������������������������������¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ�–†‡·�¶•‚„”»…‰�¿�`´ˆ˜¯˘˙¨�˚¸�˝˛ˇ—����������������Æ�ª����ŁØŒº�����æ���ı��łøœß����";
/// `MacExpertEncoding`, small capitals as capitals and old figures as figures. Annex D.4.
const MAC_EXPERT: &str = " !�¢$$&�⁽⁾‥․,-.⁄0123456789:;���?����Ð��¼½¾⅛⅜⅝⅞⅓⅔������ﬀﬁﬂﬃﬄ₍�₎�-�ABCDEFGHIJKLMNOPQRSTUVWXYZ₡�����a¢����ÁÀÂÄÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜ�⁸₄₃₆₈₇Š�¢₂����o₅�,.Ý�$��Þ�₉₀ŽÆØ¿₁Ł������������Œ‒-����¡�Ÿ�¹²³⁴⁵⁶⁷⁹⁰�ert��isd�����l���bⁿm,.";
/// Letters of one glyph at most; a name has 127 bytes at most.
const MAX_LETTERS: usize = 8;
/// Codes and names of a list of differences that are read: four for each code.
const MAX_DIFFERENCES: usize = 1_024;
/// What names of glyphs end with that are drawn in another way.
const FORMS: [&str; 4] = ["small", "oldstyle", "superior", "inferior"];

static GLYPHS: LazyLock<HashMap<&'static str, char>> = LazyLock::new(|| {
    let lines = include_str!("glyphs.txt").lines().filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| {
        let (code, names) = line.split_once(' ')?;
        let letter = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        Some(names.split(' ').map(move |name| (name, letter)))
    });
    rows.flatten().collect()
});

/// The letters of each code; none where the font does not say.
pub(super) struct SimpleEncoding(Vec<String>);

impl SimpleEncoding {
    /// That of `font`, which is simple. `None` if it names one that is not known.
    pub(super) fn of(pdf: &Pdf, font: &Dictionary) -> Option<Self> {
        match font.get_deref(b"Encoding", pdf) {
            Ok(Object::Name(name)) => Self::named(name),
            Ok(Object::Dictionary(encoding)) => {
                let base = encoding.get_deref(b"BaseEncoding", pdf).and_then(Object::as_name);
                let mut made = base.ok().and_then(Self::named).unwrap_or_else(Self::standard);
                let differences = encoding.get_deref(b"Differences", pdf);
                if let Ok(differences) = differences.and_then(Object::as_array) {
                    made.differ(pdf, differences);
                }
                Some(made)
            }
            // A map that can't be read is no reason to guess.
            _ if font.has(b"ToUnicode") => None,
            _ => Some(Self::standard()),
        }
    }

    fn named(name: &[u8]) -> Option<Self> {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        Some(match name {
            b"StandardEncoding" => Self::standard(),
            b"MacExpertEncoding" => Self::from_space(MAC_EXPERT),
            b"MacRomanEncoding" => {
                Self::letters(MACINTOSH.decode_without_bom_handling(&all).0.chars())
            }
            b"WinAnsiEncoding" | b"PDFDocEncoding" => {
                let decoded = WINDOWS_1252.decode_without_bom_handling(&all).0;
                // Codes without a letter are bullets.
                Self::letters(decoded.chars().map(|letter| match letter {
                    '\u{7f}'..='\u{9f}' => '•',
                    '\u{ad}' => '-',
                    letter => letter,
                }))
            }
            _ => return None,
        })
    }

    fn standard() -> Self {
        Self::from_space(STANDARD)
    }

    fn from_space(table: &str) -> Self {
        let none = std::iter::repeat_n(char::REPLACEMENT_CHARACTER, 32);
        Self::letters(none.chain(table.chars()))
    }

    fn letters(letters: impl Iterator<Item = char>) -> Self {
        let is_letter =
            |letter: &char| !letter.is_control() && *letter != char::REPLACEMENT_CHARACTER;
        let text =
            |letter: char| Some(letter).filter(is_letter).map(String::from).unwrap_or_default();
        let mut all: Vec<String> = letters.map(text).collect();
        all.resize(256, String::new());
        Self(all)
    }

    /// Takes over a list of codes, each with the names of the glyphs from it on.
    fn differ(&mut self, pdf: &Pdf, differences: &[Object]) {
        let mut code = 0_usize;
        for object in differences.iter().take(MAX_DIFFERENCES) {
            let Ok((_, object)) = pdf.dereference(object) else { continue };
            match object {
                Object::Integer(first) => code = usize::try_from(*first).unwrap_or(usize::MAX),
                Object::Name(name) => {
                    if let (Some(place), Some(letters)) = (self.0.get_mut(code), glyph(name)) {
                        *place = letters;
                    }
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
    }

    /// Adds the letters of a string.
    pub(super) fn decode(&self, bytes: &[u8], text: &mut String) {
        let known = bytes.iter().filter_map(|byte| self.0.get(usize::from(*byte)));
        known.for_each(|letters| text.push_str(letters));
    }
}

/// The letters of the glyph of this name: without its part after a full stop, part by part between underscores.
fn glyph(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let plain = name.split('.').next().filter(|plain| !plain.is_empty())?;
    let mut letters = String::new();
    for part in plain.split('_') {
        letters.push_str(&component(part)?);
    }
    Some(letters).filter(|letters| letters.chars().count() <= MAX_LETTERS)
}

fn component(name: &str) -> Option<String> {
    if let Some(letter) = GLYPHS.get(name) {
        return Some(letter.to_string());
    }
    let hex = |digits: &str| {
        let is_hex =
            digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase());
        is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32)
    };
    let units = name
        .strip_prefix("uni")
        .filter(|digits| digits.is_ascii() && digits.len() >= 4 && digits.len().is_multiple_of(4));
    if let Some(digits) = units {
        let letters = (0..digits.len()).step_by(4).map(|at| digits.get(at..at + 4).and_then(hex));
        return letters.collect();
    }
    if let Some(digits) = name.strip_prefix('u').filter(|digits| matches!(digits.len(), 4..=6)) {
        return hex(digits).map(String::from);
    }
    let stem = FORMS.iter().find_map(|form| name.strip_suffix(form))?;
    GLYPHS.get(stem).map(char::to_string)
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn read(encoding: Object, bytes: &[u8]) -> String {
        let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "Encoding" => encoding };
        let mut text = String::new();
        SimpleEncoding::of(&Pdf::new(), &font).expect("an encoding").decode(bytes, &mut text);
        text
    }

    fn differences(names: &[&str]) -> Object {
        let first = std::iter::once(Object::Integer(65));
        let names = names.iter().map(|name| Object::Name(name.as_bytes().to_vec()));
        let list: Vec<Object> = first.chain(names).collect();
        dictionary! { "Type" => "Encoding", "Differences" => list }.into()
    }

    /// An independent reading of the same tables; where Unicode has a letter twice either is right.
    #[test]
    fn base_encodings_are_those_of_the_standard() {
        let same = |letter: char| match letter {
            '\u{2126}' => 'Ω',
            '\u{2206}' => '∆',
            '\u{a0}' => ' ',
            '\u{20ac}' => '¤',
            letter => letter,
        };
        for name in ["StandardEncoding", "MacRomanEncoding", "WinAnsiEncoding", "MacExpertEncoding"]
        {
            let (pdf, font) = (Pdf::new(), dictionary! { "Type" => "Font", "Encoding" => name });
            let theirs = font.get_font_encoding_with_limit(&pdf, 1).unwrap();
            for code in 32..=u8::MAX {
                let theirs = theirs.bytes_to_string(&[code]).unwrap();
                if theirs.is_empty() || theirs.contains('\u{7f}') {
                    continue;
                }
                let plain = |text: &str| text.chars().map(same).collect::<String>();
                let ours = read(Object::Name(name.into()), &[code]);
                let is_private = theirs.chars().all(|c| ('\u{e000}'..'\u{f900}').contains(&c));
                assert!(
                    is_private || plain(&ours) == plain(&theirs),
                    "{name} {code}: {ours} {theirs}"
                );
            }
        }
    }

    #[test]
    fn glyphs_have_the_letters_of_their_names() {
        let names =
            ["eacute", "f_f_i", "uni20AC", "u1F600", "a.alt", "Asmall", "ffl", "uni00410301"];
        assert_eq!(read(differences(&names), b"ABCDEFGH"), "éffi€😀aAﬄA\u{301}");
        // A name that says nothing leaves its code what it was, and the names after it as they are.
        let names = ["G41", "c66", "uniD800", "u123", "", ".notdef", "germandbls"];
        assert_eq!(read(differences(&names), b"ABCDEFG"), "ABCDEFß");
        assert_eq!(read(differences(&["a"; 300]), b"A\xff"), "aa");
    }

    #[test]
    fn what_is_kept_elsewhere_in_the_file_is_looked_up() {
        let mut pdf = Pdf::new();
        let name = pdf.add_object(Object::Name(b"eacute".to_vec()));
        let list = vec![65.into(), name.into(), Object::Name(b"egrave".to_vec())];
        let list = pdf.add_object(list);
        for (differences, letters) in [(list.into(), "éè"), (Object::Null, "AB")] {
            let encoding = dictionary! { "Differences" => differences };
            let font = dictionary! { "Type" => "Font", "Encoding" => encoding };
            let mut text = String::new();
            SimpleEncoding::of(&pdf, &font).unwrap().decode(b"AB", &mut text);
            assert_eq!(text, letters);
        }
    }
}
