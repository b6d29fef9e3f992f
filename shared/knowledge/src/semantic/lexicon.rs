//! Everyday words of other languages and the English words that they mean, by which the static embedding,
//! which is one of English, has a place for them: question and answer may be in one of these languages,
//! or each in another one.
//!
//! `shared/knowledge/lexicon/<language>.txt` has a line for each meaning: one or two English words, and
//! words that mean that. A star takes any ending. What is not there as it is written is looked for by
//! its stem, then by the longest beginning, and in languages that write words together by its parts.

use std::{collections::HashMap, sync::LazyLock};

use super::static_embedding::{Row, row};
use crate::text::{self, Language, Stems};

macro_rules! lexicons {
    ($($language:ident $code:literal),* $(,)?) => {
        /// The lexicon of a language, read when it is first needed.
        fn of(language: Language) -> Option<&'static Lexicon> {
            match language {
                $(Language::$language => {
                    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
                        let text = include_str!(concat!("../../lexicon/", $code, ".txt"));
                        Lexicon::read(text, Language::$language)
                    });
                    Some(&LEXICON)
                })*
                _ => None,
            }
        }

        /// Languages that have one.
        #[cfg(test)]
        const ALL: &[(Language, &str)] = &[
            $((Language::$language, include_str!(concat!("../../lexicon/", $code, ".txt")))),*
        ];
    };
}

lexicons! {
    German "de", French "fr", Spanish "es", Italian "it", Portuguese "pt", Dutch "nl", Polish "pl",
    Turkish "tr", Russian "ru", Arabic "ar", Hindi "hi", Chinese "zh",
}

/// Letters that a part of a compound has at least.
const MIN_PART: usize = 4;
/// What joins two parts.
const JOINTS: [&str; 4] = ["", "s", "n", "en"];

struct Lexicon {
    language: Language,
    stems: Stems,
    /// The rows of each line.
    meanings: Vec<Vec<Row>>,
    /// Lines by words as they are written, by stems, and by beginnings.
    words: HashMap<String, u16>,
    by_stem: HashMap<String, u16>,
    fronts: HashMap<String, u16>,
    longest_front: usize,
}

impl Lexicon {
    fn read(text: &str, language: Language) -> Self {
        let mut lexicon = Self {
            language,
            stems: Stems::of(language),
            meanings: Vec::new(),
            words: HashMap::new(),
            by_stem: HashMap::new(),
            fronts: HashMap::new(),
            longest_front: 0,
        };
        for (heads, words) in text.lines().filter_map(|line| line.split_once(": ")) {
            let meaning: Vec<Row> = heads.split_whitespace().filter_map(row).collect();
            let Ok(line) = u16::try_from(lexicon.meanings.len()) else { break };
            if meaning.is_empty() {
                continue;
            }
            lexicon.meanings.push(meaning);
            words.split_whitespace().for_each(|word| lexicon.add(word, line));
        }
        lexicon
    }

    /// The first line that has a word is what it means.
    fn add(&mut self, word: &str, line: u16) {
        if let Some(front) = word.strip_suffix('*') {
            let front = text::folded(front);
            self.longest_front = self.longest_front.max(front.len());
            self.fronts.entry(front).or_insert(line);
        } else {
            let folded = text::folded(word);
            self.by_stem.entry(self.stems.term(&folded)).or_insert(line);
            self.words.entry(folded).or_insert(line);
        }
    }

    /// The line of a word that is there as it is written.
    fn written(&self, word: &str) -> Option<u16> {
        self.words.get(word).or_else(|| self.fronts.get(word)).copied()
    }

    /// The line of a word that is there in one form or another.
    fn whole(&self, word: &str) -> Option<u16> {
        self.written(word).or_else(|| self.by_stem.get(&self.stems.term(word)).copied())
    }

    /// The line of the longest beginning that is there, and where that ends.
    fn front(&self, word: &str) -> Option<(u16, usize)> {
        let ends = word.char_indices().map(|(at, _)| at).skip(2);
        let ends = ends.take_while(|end| *end <= self.longest_front);
        ends.filter_map(|end| Some((*self.fronts.get(word.get(..end)?)?, end))).last()
    }

    /// The lines of the parts of a compound, where its last part is one that is there.
    fn parts(&self, word: &str) -> Option<[Option<u16>; 2]> {
        let cuts = word.char_indices().map(|(at, _)| at).skip(MIN_PART);
        cuts.take_while(|at| at + MIN_PART <= word.len()).find_map(|at| {
            let (before, last) = word.split_at(at);
            let last = self.written(last).or_else(|| {
                // "…reinigungen": nearly all of it is the beginning of a word that is there.
                self.front(last).filter(|(_, end)| end * 3 >= last.len() * 2).map(|(line, _)| line)
            })?;
            let first = JOINTS.iter().find_map(|joint| {
                let first = before.strip_suffix(joint)?;
                (first.len() >= 3).then(|| self.written(first)).flatten()
            });
            let first = first.or_else(|| self.front(before).map(|(line, _)| line));
            Some([first, Some(last)])
        })
    }

    fn lines(&self, word: &str) -> [Option<u16>; 2] {
        if let Some(line) = self.whole(word) {
            return [Some(line), None];
        }
        let compounds = matches!(self.language, Language::German | Language::Dutch);
        let parts = if compounds { self.parts(word) } else { None };
        parts.unwrap_or_else(|| [self.front(word).map(|(line, _)| line), None])
    }
}

/// Adds the rows of what the folded `word` means in `language`; whether it means anything there.
pub(super) fn add_rows(word: &str, language: Language, rows: &mut Vec<Row>) -> bool {
    let Some(lexicon) = of(language).filter(|_| !text::is_function_word(word, language)) else {
        return false;
    };
    let before = rows.len();
    for line in lexicon.lines(word).into_iter().flatten() {
        rows.extend(lexicon.meanings.get(usize::from(line)).into_iter().flatten());
    }
    rows.len() > before
}

/// Whether there is a lexicon of `language`.
pub(super) fn has(language: Language) -> bool {
    of(language).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semantic::static_embedding::embed;

    fn near(one: (&str, Language), other: (&str, Language)) -> f32 {
        let of = |(word, language): (&str, Language)| embed(word, &[language]).unwrap();
        of(one).cosine(&of(other))
    }

    #[test]
    fn words_of_one_meaning_are_near_across_languages() {
        use Language::{
            Arabic, Chinese, English, French, German, Hindi, Polish, Russian, Spanish, Turkish,
        };
        for (word, language) in [
            ("Arzt", German),
            ("médecin", French),
            ("médico", Spanish),
            ("lekarz", Polish),
            ("doktor", Turkish),
        ] {
            let near = near((word, language), ("doctor", English));
            assert!(near > 0.6, "{word}: {near}");
        }
        for (word, language) in [
            ("stornieren", German),
            ("annuler", French),
            ("отменить", Russian),
            ("إلغاء", Arabic),
            ("रद्द", Hindi),
            ("取消", Chinese),
        ] {
            let near = near((word, language), ("cancel", English));
            assert!(near > 0.4, "{word}: {near}");
        }
        assert!(near(("Hund", German), ("perro", Spanish)) > 0.9);
        assert!(near(("Zahnreinigung", German), ("teeth cleaning", English)) > 0.6);
    }

    #[test]
    fn a_word_means_what_it_means_in_its_own_language() {
        let rows = |word: &str, language| {
            let mut rows = Vec::new();
            add_rows(word, language, &mut rows);
            rows
        };
        assert!(rows("die", Language::German).is_empty(), "an article");
        assert!(rows("xyzzy", Language::German).is_empty());
        assert!(rows("child", Language::English).is_empty(), "English needs none");
        assert_eq!(rows("kind", Language::German), [row("child").unwrap()]);
    }

    #[test]
    fn lines_are_sound_and_all_together_are_small() {
        let mut bytes = 0;
        for (language, text) in ALL {
            bytes += text.len();
            for line in text.lines() {
                let (heads, words) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
                assert!(heads.split(' ').all(|head| row(head).is_some()), "{language:?}: {line}");
                assert!(!words.is_empty(), "{line}");
                let is_word = |word: &str| text::words(word.trim_end_matches('*')).count() >= 1;
                assert!(words.split(' ').all(is_word), "{language:?}: {line}");
            }
            assert!(text.lines().count() > 800, "{language:?}");
        }
        assert!(bytes < 1_200_000, "{bytes}");
    }
}
