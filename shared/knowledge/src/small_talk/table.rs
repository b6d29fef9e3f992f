//! The tables of small talk.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::pattern::Pattern;
use crate::text::Language;

macro_rules! names {
    ($(#[$meta:meta])* $kind:ident { $($name:ident $key:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind { $(#[doc = $key] $name),* }

        impl $kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in the tables and in settings.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }
        }
    };
}

names! {
    /// What a visitor means by small talk. Where one message has several, the first of this order is
    /// what it is about.
    Intent {
        Agent "agent", Insult "insult", Bot "bot", Who "who", Abilities "abilities", Goodbye "goodbye",
        HowAreYou "how_are_you", Thanks "thanks", Praise "praise", Greeting "greeting", Ok "ok",
    }
}

names! {
    /// A text of the engine that is not small talk.
    Phrase {
        Refusal "refusal", Topics "topics", Offer "offer", AllSaid "all_said",
    }
}

names! {
    /// What words of a short message mean, after an answer or an offer.
    Cue {
        Filler "filler", Yes "yes", No "no", First "first", Second "second", Third "third", More "more",
        Detail "detail", Telling "telling", And "and", It "it",
    }
}

/// What visitors say and are told in one language.
pub(crate) struct Table {
    pub language: Language,
    intents: Vec<(Intent, Vec<Pattern>)>,
    cues: HashMap<Cue, Vec<Pattern>>,
    texts: HashMap<&'static str, &'static str>,
    /// All words of what visitors say.
    words: HashSet<String>,
}

/// The languages that have a table, and their files.
const FILES: [(Language, &str); 12] = [
    (Language::English, include_str!("../../small_talk/en.txt")),
    (Language::German, include_str!("../../small_talk/de.txt")),
    (Language::French, include_str!("../../small_talk/fr.txt")),
    (Language::Spanish, include_str!("../../small_talk/es.txt")),
    (Language::Italian, include_str!("../../small_talk/it.txt")),
    (Language::Portuguese, include_str!("../../small_talk/pt.txt")),
    (Language::Dutch, include_str!("../../small_talk/nl.txt")),
    (Language::Russian, include_str!("../../small_talk/ru.txt")),
    (Language::Turkish, include_str!("../../small_talk/tr.txt")),
    (Language::Arabic, include_str!("../../small_talk/ar.txt")),
    (Language::Hindi, include_str!("../../small_talk/hi.txt")),
    (Language::Chinese, include_str!("../../small_talk/zh.txt")),
];

/// The languages that have a table.
pub const LANGUAGES: [Language; 12] = {
    let mut all = [Language::English; 12];
    let mut at = 0;
    while at < FILES.len() {
        all[at] = FILES[at].0;
        at += 1;
    }
    all
};

static TABLES: LazyLock<Vec<Table>> =
    LazyLock::new(|| FILES.iter().map(|(language, file)| Table::read(*language, file)).collect());

pub(crate) fn tables() -> &'static [Table] {
    &TABLES
}

/// That of `language`, or the English one.
pub(crate) fn table(language: Language) -> Option<&'static Table> {
    let of = |language| TABLES.iter().find(|table| table.language == language);
    of(language).or_else(|| of(Language::English))
}

/// The text called `name` ([`Intent::name`], [`Phrase::name`]) in `language`; where there is none in
/// that language, in English. `None` for what the engine has no text of its own.
pub fn text_of(name: &str, language: Language) -> Option<&'static str> {
    table(language)?
        .texts
        .get(name)
        .copied()
        .or_else(|| table(Language::English)?.texts.get(name).copied())
}

impl Table {
    fn read(language: Language, file: &'static str) -> Self {
        let (mut patterns, mut texts) = (HashMap::new(), HashMap::new());
        for line in file.lines() {
            // Both may have the other's sign within: the first one counts.
            let told = line.split_once(" = ").filter(|(name, _)| !name.contains(':'));
            if let Some((name, text)) = told {
                texts.insert(name.trim(), text.trim());
            } else if let Some((name, said)) = line.split_once(':') {
                let read = said.split(';').map(Pattern::read).filter(|pattern| !pattern.is_empty());
                patterns.insert(name.trim(), read.collect::<Vec<Pattern>>());
            }
        }
        let said = patterns.values().flatten();
        let words = said.flat_map(Pattern::words).cloned().collect();
        let intents = Intent::ALL
            .iter()
            .map(|intent| (*intent, patterns.remove(intent.name()).unwrap_or_default()))
            .collect();
        let cues =
            Cue::ALL.iter().map(|cue| (*cue, patterns.remove(cue.name()).unwrap_or_default()));
        Self { language, intents, cues: cues.collect(), texts, words }
    }

    /// How many of `words` are in it as they are written.
    pub fn written(&self, words: &[String]) -> usize {
        words.iter().filter(|word| self.words.contains(*word)).count()
    }

    /// What may be said from the first of `words` on, each with its words: small talk, or filler.
    pub fn at(&self, words: &[String]) -> Vec<(Option<Intent>, usize)> {
        let mut found: Vec<(Option<Intent>, usize)> = Vec::new();
        for (intent, patterns) in &self.intents {
            let lengths = patterns.iter().filter_map(|pattern| pattern.matches(words));
            found
                .extend(lengths.filter(|length| *length > 0).map(|length| (Some(*intent), length)));
        }
        let filler = self.cue(Cue::Filler).iter().filter_map(|pattern| pattern.matches(words));
        found.extend(filler.filter(|length| *length > 0).map(|length| (None, length)));
        found
    }

    /// How many of the first words greet.
    pub fn greets(&self, words: &[String]) -> usize {
        let mut at = 0;
        loop {
            let rest = &words[at..];
            let of = |wanted: Intent| {
                let patterns = self.intents.iter().filter(|(intent, _)| *intent == wanted);
                let lengths = patterns.flat_map(|(_, all)| all).filter_map(|p| p.matches(rest));
                lengths.max().unwrap_or(0)
            };
            let mut taken = of(Intent::Greeting).max(of(Intent::HowAreYou));
            // What is said to a greeting: "hello there", not "there is no …".
            if at > 0 && taken == 0 {
                taken = self.filler_after_greeting(rest);
            }
            if taken == 0 || at + taken >= words.len() {
                return at;
            }
            at += taken;
        }
    }

    fn filler_after_greeting(&self, words: &[String]) -> usize {
        // Only words of address; others begin a question.
        const ADDRESS: [&str; 14] = [
            "there", "everyone", "all", "team", "bot", "folks", "zusammen", "tous", "todos",
            "tutti", "всем", "herkese", "allemaal", "大家",
        ];
        usize::from(words.first().is_some_and(|word| ADDRESS.contains(&word.as_str())))
    }

    /// Where thanks or a goodbye at the end of `words` begin; their number if there are none.
    pub fn thanks_behind(&self, words: &[String], from: usize) -> usize {
        let ends = |begin: &usize| {
            let mut at = *begin;
            while at < words.len() {
                let said = self.at(&words[at..]).into_iter().filter(|(intent, _)| {
                    matches!(intent, None | Some(Intent::Thanks | Intent::Goodbye))
                });
                let fits = said.filter(|(intent, _)| at > *begin || intent.is_some());
                let Some(length) = fits.map(|(_, length)| length).max() else { return false };
                at += length;
            }
            true
        };
        let earliest = (from + 1).max(words.len().saturating_sub(6));
        (earliest..words.len()).find(ends).unwrap_or(words.len())
    }

    /// The patterns of `cue`.
    pub fn cue(&self, cue: Cue) -> &[Pattern] {
        self.cues.get(&cue).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether all of `words` is `cue`.
    pub fn is(&self, cue: Cue, words: &[String]) -> bool {
        self.cue(cue).iter().any(|pattern| pattern.matches(words) == Some(words.len()))
    }

    /// How many of the first words are `cue`.
    pub fn begins(&self, cue: Cue, words: &[String]) -> usize {
        self.cue(cue).iter().filter_map(|pattern| pattern.matches(words)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_everything() {
        for table in tables() {
            let code = table.language.code();
            for (intent, patterns) in &table.intents {
                assert!(!patterns.is_empty(), "{code}: no pattern for {}", intent.name());
                assert!(
                    table.texts.contains_key(intent.name()),
                    "{code}: no text for {}",
                    intent.name()
                );
            }
            for cue in Cue::ALL {
                assert!(!table.cue(*cue).is_empty(), "{code}: no word for {}", cue.name());
            }
            for phrase in Phrase::ALL {
                // The English refusal is that of the API's documentation.
                let is_english = table.language == Language::English && *phrase == Phrase::Refusal;
                assert!(
                    is_english || table.texts.contains_key(phrase.name()),
                    "{code}: {}",
                    phrase.name()
                );
            }
        }
        assert!(text_of("greeting", Language::Finnish).unwrap().starts_with("Hello"));
    }
}
