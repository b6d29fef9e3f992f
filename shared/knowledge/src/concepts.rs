//! Words that name the same thing of everyday business, across languages: "Webseite" and "website",
//! "allowed" and "welcome". The table is `shared/knowledge/concepts/everyday.txt`. It helps where no
//! embedding knows the words: outside English, and where visitor and page speak different languages.

use std::sync::LazyLock;

use crate::{hashing::Table, text};

static TABLE: LazyLock<Concepts> =
    LazyLock::new(|| Concepts::read(include_str!("../concepts/everyday.txt")));

/// Pairs of words that name a concept together.
static PHRASES: LazyLock<Vec<(String, String, u16)>> = LazyLock::new(|| {
    let lines = include_str!("../concepts/phrases.txt").lines();
    let lines = lines.filter_map(|line| line.split_once(": "));
    let phrase = |(name, phrases): (&str, &'static str)| {
        let concept = TABLE.names.iter().position(|known| known == name);
        let concept = concept.and_then(|at| u16::try_from(at).ok());
        let two = |phrase: &'static str| {
            let (first, second) = phrase.split_once('_')?;
            Some((first.to_owned(), second.to_owned(), concept?))
        };
        phrases.split_whitespace().filter_map(two).collect::<Vec<_>>()
    };
    lines.filter(|(name, _)| !name.starts_with('#')).flat_map(phrase).collect()
});

/// Words that the two of a phrase are apart at most.
const MAX_APART: usize = 3;
/// Letters of the shortest beginning that a star follows.
const MIN_FRONT: usize = 2;

#[derive(Default)]
struct Concepts {
    names: Vec<String>,
    words: Table<String, u16>,
    fronts: Table<String, u16>,
    longest_front: usize,
}

impl Concepts {
    fn read(table: &str) -> Self {
        let mut concepts = Self::default();
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        for (number, line) in (0u16..).zip(lines) {
            let (name, words) = line.split_once(": ").unwrap_or_default();
            concepts.names.push(name.to_owned());
            for word in words.split_whitespace() {
                let (word, is_front) = match word.strip_suffix('*') {
                    Some(front) => (text::folded(front), true),
                    None => (text::folded(word), false),
                };
                let into = if is_front { &mut concepts.fronts } else { &mut concepts.words };
                // The first line that has a word is its concept.
                into.entry(word.clone()).or_insert(number);
                if is_front {
                    concepts.longest_front = concepts.longest_front.max(word.len());
                }
            }
        }
        concepts
    }

    fn of(&self, word: &str) -> Option<u16> {
        let whole = self.words.get(word).or_else(|| self.fronts.get(word));
        whole.copied().or_else(|| {
            let ends = word.char_indices().map(|(at, _)| at).skip(MIN_FRONT);
            let ends = ends.take_while(|end| *end <= self.longest_front);
            // The longest beginning says most.
            ends.filter_map(|end| self.fronts.get(word.get(..end)?)).last().copied()
        })
    }
}

/// The concept that a folded word names, if the table has it.
pub(crate) fn of(word: &str) -> Option<u16> {
    TABLE.of(word)
}

/// What two of `words` name together: the places of both, and the concept.
pub(crate) fn phrases(words: &[String]) -> impl Iterator<Item = (usize, usize, u16)> {
    PHRASES.iter().filter_map(|(first, second, concept)| {
        let at = words.iter().position(|word| word == first)?;
        let behind = words[at + 1..].iter().take(MAX_APART).position(|word| word == second)?;
        Some((at, at + 1 + behind, *concept))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_thing_are_one_concept_in_every_language() {
        let same = |words: &[&str]| {
            let all: Vec<_> = words.iter().map(|word| of(&text::folded(word))).collect();
            assert!(all[0].is_some() && all.iter().all(|one| *one == all[0]), "{words:?} {all:?}");
        };
        same(&["website", "Webseite", "网站", "сайт"]);
        same(&["add", "hinzufügen", "añadir", "ajouter", "добавить", "ekle"]);
        same(&["cancel", "stornieren", "annulla", "отменить", "إلغاء"]);
        same(&["dogs", "Hunde", "köpeğimi", "कुत्ता", "собакой"]);
        assert_ne!(of("dog"), of("cat"));
        assert_eq!(of("zebra"), None);
    }

    #[test]
    fn two_words_may_name_one_concept() {
        let found = |text: &str| {
            let words: Vec<String> = text::words(text).collect();
            phrases(&words).next().map(|(_, _, concept)| concept)
        };
        assert_eq!(found("How do I send an item back?"), of("returns"));
        assert_eq!(found("when can I check in"), of("arrival"));
        assert_eq!(found("log me out"), of("logout"));
        assert_eq!(found("send me the rest of it"), None);
        let lines = include_str!("../concepts/phrases.txt").lines();
        let phrases: usize = lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(": "))
            .map(|(_, phrases)| phrases.split_whitespace().count())
            .sum();
        assert_eq!(PHRASES.len(), phrases, "each names a line of the table");
    }

    #[test]
    fn each_line_names_a_concept_of_its_own() {
        let table = include_str!("../concepts/everyday.txt");
        let names: Vec<&str> =
            table.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
        let mut different = names.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(names.len(), different.len());
        assert!(names.len() > 50, "{}", names.len());
    }
}
