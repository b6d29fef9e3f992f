//! Patterns of small talk: words, either-or, optional ones, and anything.

use crate::text;

/// Words that `*` takes at most.
const ANY: usize = 3;
/// Letters of a word in which one may be wrong.
const SLIP: usize = 5;

/// A place of a pattern.
#[derive(Debug, Clone)]
enum Part {
    /// One of these, each a row of words.
    OneOf(Vec<Vec<String>>, bool),
    /// Up to three words of any kind.
    Any,
}

/// What visitors say, in one way.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Vec<Part>);

impl Pattern {
    /// Reads one: words separated by spaces; `a|b` is either, `?` behind makes it optional, `*` is up
    /// to three words.
    pub fn read(written: &str) -> Self {
        let parts = written.split_whitespace().filter_map(|part| {
            let (part, optional) =
                part.strip_suffix('?').map_or((part, false), |part| (part, true));
            if part == "*" {
                return Some(Part::Any);
            }
            let rows = part.split('|').map(|one| text::words(one).collect::<Vec<String>>());
            let rows: Vec<Vec<String>> = rows.filter(|row| !row.is_empty()).collect();
            (!rows.is_empty()).then_some(Part::OneOf(rows, optional))
        });
        Self(parts.collect())
    }

    /// How many of `words`, from the first on, it matches: the most.
    pub fn matches(&self, words: &[String]) -> Option<usize> {
        Self::from(&self.0, words, 0)
    }

    fn from(parts: &[Part], words: &[String], at: usize) -> Option<usize> {
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        match part {
            Part::Any => {
                let most = ANY.min(words.len() - at);
                (0..=most).rev().find_map(|taken| Self::from(rest, words, at + taken))
            }
            Part::OneOf(rows, optional) => {
                let taken =
                    rows.iter().filter(|row| begins(words.get(at..).unwrap_or_default(), row));
                let found = taken.filter_map(|row| Self::from(rest, words, at + row.len())).max();
                found.or_else(|| optional.then(|| Self::from(rest, words, at)).flatten())
            }
        }
    }

    /// All words that it is written with.
    pub fn words(&self) -> impl Iterator<Item = &String> {
        let rows = self.0.iter().flat_map(|part| match part {
            Part::OneOf(rows, _) => rows.as_slice(),
            Part::Any => &[],
        });
        rows.flatten()
    }

    /// Whether it has words at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether `words` begin with `row`, a slip of one letter in a long word aside.
fn begins(words: &[String], row: &[String]) -> bool {
    words.len() >= row.len() && words.iter().zip(row).all(|(word, other)| alike(word, other))
}

fn alike(word: &str, other: &str) -> bool {
    if word == other {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), other.chars().collect());
    if a.len() < SLIP - 1 || b.len() < SLIP || a.len().abs_diff(b.len()) > 1 || a[0] != b[0] {
        return false;
    }
    let front = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let longest = a.len().max(b.len());
    // One letter more, less or another; or two that changed places.
    let swapped = a.len() == b.len()
        && front + back + 2 >= longest
        && a.get(front) == b.get(front + 1)
        && a.get(front + 1) == b.get(front);
    front + back + 1 >= longest || swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_as_much_as_they_match() {
        let words = |text: &str| text::words(text).collect::<Vec<_>>();
        let of = |pattern: &str, text: &str| Pattern::read(pattern).matches(&words(text));
        assert_eq!(of("good morning|evening", "Good evening, all"), Some(2));
        assert_eq!(of("are you a? real? bot|person *", "are you a person or what"), Some(6));
        assert_eq!(of("are you a? real? bot|person", "are you bot"), Some(3));
        assert_eq!(of("what's up", "what's up doc"), Some(2));
        assert_eq!(of("thank you", "thnak you"), Some(2));
        assert_eq!(of("thank you", "tank you"), Some(2));
        assert_eq!(of("bye", "buy"), None);
        assert_eq!(of("你好", "你好吗"), Some(2));
    }
}
