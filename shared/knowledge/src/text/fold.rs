//! One form for a word however it is written: Unicode's compatibility forms, case, accents, marks
//! that only direct or adorn, digits of other scripts, thousands.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// In lower case and in Unicode's form NFKC, without what only directs the text. Accents stay: a
/// stemmer needs them.
pub(crate) fn lower(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let shown = word.nfkc().filter(|c| !is_format(*c));
    // The dot of a Turkish capital İ is written apart by the lower case.
    shown.flat_map(char::to_lowercase).filter(|c| *c != '\u{307}').nfc().collect()
}

/// As [`lower`], and without accents: what a reader who has no such key types.
pub(crate) fn plain(word: &str) -> String {
    let lower = lower(word);
    if lower.is_ascii() {
        return number(&lower).unwrap_or(lower);
    }
    let mut plain = String::with_capacity(lower.len());
    for c in lower.nfkd().filter(|c| !is_accent(*c)) {
        match other_form(c) {
            Some(form) => plain.push_str(form),
            None => plain.push(digit(c).unwrap_or(c)),
        }
    }
    // Syllables of Hangul and sounds of kana come together again.
    let plain: String = plain.nfc().collect();
    number(&plain).unwrap_or(plain)
}

/// Joiners, marks of direction, soft hyphens: nothing that a reader sees.
fn is_format(c: char) -> bool {
    matches!(u32::from(c), 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x2064 | 0x2066..=0x206f | 0xfe00..=0xfe0f | 0xfeff)
}

/// Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel marks of Arabic. Signs of vowels
/// in Indic scripts and Thai are letters to a reader and stay.
fn is_accent(c: char) -> bool {
    let accent = matches!(u32::from(c), 0x300..=0x36f | 0x591..=0x5c7 | 0x610..=0x61a
        | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6ed);
    (accent && is_combining_mark(c)) || c == '\u{640}'
}

/// Letters that Unicode does not take apart, and letters of Arabic that writers interchange.
fn other_form(c: char) -> Option<&'static str> {
    Some(match c {
        'ı' => "i",
        'ß' => "ss",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ς' => "σ",
        'ى' | 'ی' => "ي",
        'ة' => "ه",
        'ک' => "ك",
        '\u{2019}' => "'",
        _ => return None,
    })
}

/// A decimal digit of another script as one of ours.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 8] = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xe50];
    let code = u32::from(c);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A number without what parts its thousands, with a point before its decimals. `None` for what
/// is no number, and for one that is in this form already.
fn number(word: &str) -> Option<String> {
    if !word.contains([',', '.']) || !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if !word.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.') {
        return None;
    }
    let groups: Vec<&str> = word.split([',', '.']).collect();
    let (first, rest) = groups.split_first()?;
    let thousands = (1..=3).contains(&first.len()) && !first.starts_with('0');
    if thousands && rest.iter().all(|group| group.len() == 3) {
        return Some(groups.concat());
    }
    Some(word.replace(',', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_has_one_form() {
        for (written, form) in [
            ("Zürich", "zurich"),
            ("Cafe\u{301}", "cafe"),
            ("oﬃce", "office"),
            ("Ｗｉ", "wi"),
            ("İSTANBUL", "istanbul"),
            ("ılık", "ilik"),
            ("Straße", "strasse"),
            ("war\u{200c}ranty", "warranty"),
            ("آسفي", "اسفي"),
            ("مدينة", "مدينه"),
            ("हिन्दी", "हिन्दी"),
            ("한국어", "한국어"),
            ("ガス", "ガス"),
            ("Đà", "da"),
            ("Ärger", "arger"),
        ] {
            assert_eq!(plain(written), plain(form), "{written}");
        }
        assert_eq!(plain("हिन्दी"), "हिन्दी");
        assert_eq!(plain("한국어"), "한국어");
    }

    #[test]
    fn numbers_have_one_form_and_different_ones_stay_different() {
        for (written, form) in [
            ("1,500", "1500"),
            ("1.500", "1500"),
            ("12.345.678", "12345678"),
            ("3,50", "3.50"),
            ("3.50", "3.50"),
            ("0.125", "0.125"),
            ("٣٠", "30"),
            ("१५", "15"),
            ("v1.500", "v1.500"),
        ] {
            assert_eq!(plain(written), form, "{written}");
        }
    }
}
