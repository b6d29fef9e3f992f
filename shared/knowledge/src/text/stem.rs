//! Terms: what is indexed and searched of a word, which is its stem in its language.

use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::{Language, fold, language, spans};

/// Turns words of one language into the terms that are indexed and searched.
pub struct Stems {
    language: Language,
    stemmer: Option<Stemmer>,
}

impl Default for Stems {
    fn default() -> Self {
        Self::of(Language::English)
    }
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stems").field(&self.language).finish()
    }
}

impl Stems {
    /// Those of `language`. Where it is unknown English stems do least harm, as most names and
    /// foreign words in any text are English.
    pub fn of(language: Language) -> Self {
        // Each by its own call, so that the tables of the other twenty languages are not linked.
        let stemmer = match language {
            Language::English | Language::Other => Some(Stemmer::create(Algorithm::English)),
            Language::German => Some(Stemmer::create(Algorithm::German)),
            Language::French => Some(Stemmer::create(Algorithm::French)),
            Language::Spanish => Some(Stemmer::create(Algorithm::Spanish)),
            Language::Italian => Some(Stemmer::create(Algorithm::Italian)),
            Language::Portuguese => Some(Stemmer::create(Algorithm::Portuguese)),
            Language::Dutch => Some(Stemmer::create(Algorithm::Dutch)),
            Language::Swedish => Some(Stemmer::create(Algorithm::Swedish)),
            Language::Danish => Some(Stemmer::create(Algorithm::Danish)),
            Language::Norwegian => Some(Stemmer::create(Algorithm::Norwegian)),
            Language::Finnish => Some(Stemmer::create(Algorithm::Finnish)),
            Language::Romanian => Some(Stemmer::create(Algorithm::Romanian)),
            Language::Hungarian => Some(Stemmer::create(Algorithm::Hungarian)),
            Language::Turkish => Some(Stemmer::create(Algorithm::Turkish)),
            Language::Russian => Some(Stemmer::create(Algorithm::Russian)),
            Language::Greek => Some(Stemmer::create(Algorithm::Greek)),
            Language::Arabic => Some(Stemmer::create(Algorithm::Arabic)),
            Language::Hindi => Some(Stemmer::create(Algorithm::Hindi)),
            Language::Polish => Some(Stemmer::create(Algorithm::Polish)),
            Language::Czech => Some(Stemmer::create(Algorithm::Czech)),
            Language::Ukrainian => Some(Stemmer::create(Algorithm::Ukrainian)),
            Language::Indonesian => Some(Stemmer::create(Algorithm::Indonesian)),
            _ => None,
        };
        Self { language, stemmer }
    }

    /// Which language they are of.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The term of `word` as it is written: without its ending and its accents.
    pub fn term(&self, word: &str) -> String {
        let lower = fold::lower(word);
        if let Some(not) = negation(&lower) {
            return not.to_owned();
        }
        // A code or a number has no ending.
        let stemmer = self.stemmer.as_ref().filter(|_| lower.chars().all(char::is_alphabetic));
        match stemmer {
            Some(stemmer) => fold::plain(&stemmer.stem(&lower)),
            // A syllable of another tone is another word.
            None if self.language == Language::Vietnamese => lower,
            None => fold::plain(&lower),
        }
    }

    /// The terms of all words of `text`, in order, those of function words included.
    pub fn terms<'t>(&'t self, text: &'t str) -> impl Iterator<Item = String> + 't {
        spans(text).map(|(_, word)| self.term(word))
    }

    /// The terms that say what `text` is about: without those of function words, unless it has no
    /// others.
    pub fn content_terms(&self, text: &str) -> Vec<String> {
        let all: Vec<&str> = spans(text).map(|(_, word)| word).collect();
        let is_function = |word: &&str| language::is_function_word(&folded(word), self.language);
        let none = all.iter().all(is_function);
        let content = all.into_iter().filter(|word| none || !is_function(word));
        content.map(|word| self.term(word)).collect()
    }
}

/// "not" for a negation that is written with an apostrophe.
fn negation(lower: &str) -> Option<&'static str> {
    let bare = lower.replace('\u{2019}', "'");
    matches!(bare.as_str(), "n't" | "'t" | "won't" | "shan't" | "ain't").then_some("not")
}

/// A word as it is compared and corrected: [`fold::plain`], with negations as "not".
pub(crate) fn folded(word: &str) -> String {
    match word.contains(['\'', '\u{2019}']).then(|| negation(&fold::lower(word))).flatten() {
        Some(not) => not.to_owned(),
        None => fold::plain(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_stems_of_the_language() {
        let terms = |language, text: &str| Stems::of(language).terms(text).collect::<Vec<_>>();
        let english = terms(Language::English, "X-BotPlot-Signature conversation_id isn't");
        assert_eq!(english, ["x", "botplot", "signatur", "convers", "id", "is", "not"]);
        assert_eq!(terms(Language::German, "Lieferungen Lieferung"), ["liefer", "liefer"]);
        assert_eq!(terms(Language::Russian, "товары товаров")[0], "товар");
        assert_eq!(
            terms(Language::French, "fermé fermée")[0],
            terms(Language::French, "fermée")[0]
        );
        assert_eq!(terms(Language::English, "E04 C++ XK200s"), ["e04", "c++", "xk200s"]);
        let books = terms(Language::Hindi, "किताब किताबें किताबों");
        assert!(books.iter().all(|term| *term == books[0]), "{books:?}");
        assert_eq!(terms(Language::Vietnamese, "Bàn bạn ban"), ["bàn", "bạn", "ban"]);
    }

    #[test]
    fn content_terms_leave_function_words_out_unless_there_are_no_others() {
        let english = Stems::default();
        let found = english.content_terms("How does he add those web pages, having any?");
        assert_eq!(found, ["add", "web", "page"]);
        assert_eq!(english.content_terms("What is it?"), ["what", "is", "it"]);
        let german = Stems::of(Language::German);
        assert_eq!(german.content_terms("Wie lange ist die Garantie?"), ["lang", "garanti"]);
    }
}
