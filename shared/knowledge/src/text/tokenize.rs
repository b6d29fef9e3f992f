//! Where the words of a text are: Unicode's word boundaries, and what a searcher needs besides.
//!
//! - `doesn't` is "does" and "not", `what's` is "what"; a French or Italian elision is a word of its own.
//! - `C++`, `C#`, `A+`, `A-` and `-20` keep their signs, since without them they are other things.
//! - `1,500` and `v1.2` stay whole; `snake_case`, `example.com` and `wi-fi` come apart.

use unicode_segmentation::UnicodeSegmentation;

/// What joins parts of one word by Unicode's rules that are words of their own to a searcher.
const JOINTS: [char; 5] = ['_', '.', ':', '\u{b7}', '/'];
const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{ff07}'];
/// English endings after an apostrophe that say nothing.
const CLITICS: [&str; 6] = ["s", "re", "ve", "ll", "d", "m"];

/// The words of `text` as they are written, in order, each with the byte that it begins at.
pub fn spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.unicode_word_indices().flat_map(move |(at, word)| {
        let mut parts = Parts { text, found: Vec::new() };
        parts.split(at, word);
        parts.found.into_iter()
    })
}

struct Parts<'t> {
    text: &'t str,
    found: Vec<(usize, &'t str)>,
}

impl<'t> Parts<'t> {
    fn split(&mut self, at: usize, word: &'t str) {
        // Nearly all words are letters alone.
        if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return self.push(at, word);
        }
        let mut begin = 0;
        for (joint, c) in word.char_indices().filter(|(_, c)| JOINTS.contains(c)) {
            let before = word[..joint].chars().next_back();
            let after = word[joint + c.len_utf8()..].chars().next();
            let within_number =
                c == '.' && [before, after].iter().all(|c| c.is_some_and(|c| c.is_numeric()));
            if !within_number {
                self.apostrophe(at + begin, &word[begin..joint]);
                begin = joint + c.len_utf8();
            }
        }
        self.apostrophe(at + begin, &word[begin..]);
    }

    /// A part that may have an apostrophe in it.
    fn apostrophe(&mut self, at: usize, part: &'t str) {
        let Some(place) = part.find(APOSTROPHES) else { return self.push(at, part) };
        let width = part[place..].chars().next().map_or(1, char::len_utf8);
        let (front, back) = (&part[..place], &part[place + width..]);
        if back.eq_ignore_ascii_case("t") && front.ends_with(['n', 'N']) {
            // Whatever verb it is, what it says is "not".
            return match front.to_ascii_lowercase().as_str() {
                "can" => {
                    self.push(at, front);
                    self.push(at + place, &part[place..]);
                }
                "won" | "shan" | "ain" => self.push(at, part),
                _ => {
                    self.push(at, &part[..place - 1]);
                    self.push(at + place - 1, &part[place - 1..]);
                }
            };
        }
        self.push(at, front);
        if !CLITICS.iter().any(|clitic| back.eq_ignore_ascii_case(clitic)) {
            self.apostrophe(at + place + width, back);
        }
    }

    fn push(&mut self, at: usize, part: &'t str) {
        if part.is_empty() {
            return;
        }
        let (begin, end) =
            (self.sign_before(at, part), at + part.len() + self.sign_after(at, part));
        self.found.push((begin, self.text.get(begin..end).unwrap_or(part)));
    }

    /// Where the minus of a number begins, if it has one.
    fn sign_before(&self, at: usize, part: &str) -> usize {
        let before = &self.text[..at];
        let is_number = part.starts_with(|c: char| c.is_ascii_digit());
        let Some(sign) = before.chars().next_back().filter(|c| is_number && is_minus(*c)) else {
            return at;
        };
        let minus = at - sign.len_utf8();
        let free = before[..minus].chars().next_back();
        let free = free.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | ','));
        if free { minus } else { at }
    }

    /// How many bytes of signs after a part belong to it: `C++`, `F#`, `A+`, `A-`.
    fn sign_after(&self, at: usize, part: &str) -> usize {
        let letters = part.chars().take(13).count();
        if letters > 12 || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return 0;
        }
        let after = &self.text[at + part.len()..];
        let begins_letter = part.starts_with(|c: char| c.is_ascii_alphabetic());
        let signs: &str = ["++", "+", "#"]
            .into_iter()
            .find(|signs| after.starts_with(signs))
            .filter(|_| begins_letter)
            .or_else(|| {
                let grade = letters == 1 && part.bytes().all(|b| b.is_ascii_uppercase());
                ["-", "−"].into_iter().find(|minus| grade && after.starts_with(minus))
            })
            .unwrap_or_default();
        let free = after[signs.len()..].chars().next();
        // "A+B" and "C#minor" are two words each.
        let free = free.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '+');
        if free { signs.len() } else { 0 }
    }
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '−')
}

/// Whether a word is a cluster of a script that is written without spaces, where a single one says
/// little and two in a row are what a word is elsewhere.
pub(crate) fn is_unspaced(word: &str) -> bool {
    let first = word.chars().next().map_or(0, u32::from);
    let katakana = (0x30a0..=0x30ff).contains(&first);
    matches!(first, 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af)
        && !(katakana && word.chars().nth(1).is_some())
}

/// Whether it is one of a script whose letters are sounds and not meanings: Thai, Lao, Burmese or Khmer.
pub(crate) fn is_unspaced_by_sound(word: &str) -> bool {
    let first = word.chars().next().map_or(0, u32::from);
    matches!(first, 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff)
}

/// Whether a word is a single cluster of a script without spaces.
pub(crate) fn is_cluster(word: &str) -> bool {
    is_unspaced(word) && word.graphemes(true).nth(1).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<&str> {
        spans(text).map(|(_, word)| word).collect()
    }

    #[test]
    fn scripts_of_sounds_are_told_from_scripts_of_meanings() {
        for word in ["ภาษา", "ພາສາ", "ဘာသာ", "ភាសា"] {
            assert!(is_unspaced(word) && is_unspaced_by_sound(word), "{word}");
        }
        for word in ["语言", "ことば", "language", "भाषा", ""] {
            assert!(!is_unspaced_by_sound(word), "{word}");
        }
    }

    #[test]
    fn spans_say_where_the_words_are() {
        let text = "It's «x_y», v1.2: ok, l’abonnement can't, won't, doesn’t at -20 °C";
        for (at, word) in spans(text) {
            assert_eq!(&text[at..at + word.len()], word);
        }
        let expected = [
            "It",
            "x",
            "y",
            "v1.2",
            "ok",
            "l",
            "abonnement",
            "can",
            "'t",
            "won't",
            "does",
            "n’t",
            "at",
            "-20",
            "C",
        ];
        assert_eq!(written(text), expected);
    }

    #[test]
    fn signs_that_make_another_word_stay() {
        assert_eq!(
            written("C++, C# and C; A+ or A-."),
            ["C++", "C#", "and", "C", "A+", "or", "A-"]
        );
        assert_eq!(written("A+B, A-B, 5-20, e-mail"), ["A", "B", "A", "B", "5", "20", "e", "mail"]);
        assert_eq!(written("1,500 watt and 3.50 €"), ["1,500", "watt", "and", "3.50"]);
    }

    #[test]
    fn clusters_keep_their_marks() {
        assert_eq!(written("退货吗"), ["退", "货", "吗"]);
        assert_eq!(written("ที่นี่"), ["ที่", "นี่"]);
        assert_eq!(written("हिन्दी में"), ["हिन्दी", "में"]);
        assert!(
            is_unspaced("ที่") && is_unspaced("退") && !is_unspaced("データ") && !is_unspaced("a")
        );
        assert!(is_cluster("ที่") && is_cluster("退") && !is_cluster("ที่นี่") && !is_cluster("退货"));
    }
}
