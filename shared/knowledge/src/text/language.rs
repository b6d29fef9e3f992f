//! Which language a text is in: by its script, and among those of one script by its function words.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::{fold, function_words, spans};

/// Words of a text that are looked at.
const MAX_WORDS: usize = 2_000;

macro_rules! languages {
    ($($name:ident $code:literal),* $(,)?) => {
        /// A language that text is indexed and answered in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "their names say it")]
        pub enum Language { $($name,)* #[default] Other }

        impl Language {
            /// All that have a list of function words.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code of ISO 639-1; `und` for [`Self::Other`].
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* Self::Other => "und" }
            }
        }
    };
}

languages! {
    English "en", German "de", French "fr", Spanish "es", Italian "it", Portuguese "pt", Dutch "nl",
    Swedish "sv", Danish "da", Norwegian "no", Finnish "fi", Polish "pl", Czech "cs", Romanian "ro",
    Hungarian "hu", Turkish "tr", Vietnamese "vi", Indonesian "id", Russian "ru", Ukrainian "uk",
    Greek "el", Arabic "ar", Hebrew "he", Hindi "hi", Korean "ko", Chinese "zh", Japanese "ja",
    Thai "th",
}

/// Bit of each language in a set.
fn bit(language: Language) -> u32 {
    1 << (language as u32)
}

/// For each folded function word: the languages that have it.
static FUNCTION_WORDS: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
    let mut all: HashMap<String, u32> = HashMap::new();
    for language in Language::ALL {
        for word in function_words::of(*language).split_whitespace() {
            *all.entry(fold::plain(word)).or_default() |= bit(*language);
        }
    }
    all
});

/// Whether the folded `word` is a function word of `language`.
pub(crate) fn is_function_word(word: &str, language: Language) -> bool {
    FUNCTION_WORDS.get(word).is_some_and(|set| set & bit(language) != 0)
}

/// Whether the folded `word` is a function word of any language.
pub(crate) fn is_function_word_anywhere(word: &str) -> bool {
    FUNCTION_WORDS.contains_key(word)
}

/// What its letters say of a text.
fn by_script(letter: char) -> Option<Language> {
    Some(match u32::from(letter) {
        0x0370..=0x03ff | 0x1f00..=0x1fff => Language::Greek,
        0x0400..=0x052f => Language::Russian,
        0x0590..=0x05ff => Language::Hebrew,
        0x0600..=0x06ff | 0x0750..=0x077f => Language::Arabic,
        0x0900..=0x097f => Language::Hindi,
        0x0e00..=0x0e7f => Language::Thai,
        0x3040..=0x30ff => Language::Japanese,
        0x3400..=0x9fff | 0xf900..=0xfaff => Language::Chinese,
        0xac00..=0xd7af | 0x1100..=0x11ff => Language::Korean,
        0x0041..=0x024f | 0x1e00..=0x1eff => Language::English,
        _ => return None,
    })
}

/// The language of `text` and whether more than its script says so; [`Language::Other`] for a text
/// in Latin letters without a function word, and for one without letters.
pub fn detect(text: &str) -> Language {
    let mut scripts = [0u32; Language::ALL.len()];
    let mut words = [0u32; Language::ALL.len()];
    for (_, word) in spans(text).take(MAX_WORDS) {
        let Some(script) = word.chars().find_map(by_script) else { continue };
        scripts[script as usize] += 1;
        let Some(set) = FUNCTION_WORDS.get(&fold::plain(word)) else { continue };
        for (at, count) in words.iter_mut().enumerate() {
            *count += (set >> at) & 1;
        }
    }
    // A Japanese text has more kanji than anything else at times; a Chinese one has no kana.
    if scripts[Language::Japanese as usize] * 8 > scripts[Language::Chinese as usize] {
        scripts[Language::Japanese as usize] += scripts[Language::Chinese as usize];
    }
    let most = |counts: &[u32], of: &[Language]| {
        let best = of.iter().copied().max_by_key(|l| (counts[*l as usize], u32::MAX - *l as u32));
        best.filter(|language| counts[*language as usize] > 0)
    };
    match most(&scripts, Language::ALL) {
        Some(Language::English) => {
            // Those whose letters are Latin come first.
            let latin = &Language::ALL[..=Language::Indonesian as usize];
            most(&words, latin).unwrap_or_default()
        }
        Some(Language::Russian) => {
            most(&words, &[Language::Russian, Language::Ukrainian]).unwrap_or(Language::Russian)
        }
        Some(script) => script,
        None => Language::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_by_script_and_by_function_words() {
        for (text, code) in [
            ("How long is the warranty?", "en"),
            ("Wie lange dauert die Lieferung?", "de"),
            ("Quels sont vos horaires d'ouverture ?", "fr"),
            ("¿Dónde está mi pedido?", "es"),
            ("Quanto costa la spedizione?", "it"),
            ("Como posso cancelar a minha assinatura?", "pt"),
            ("Hoe kan ik mijn bestelling volgen?", "nl"),
            ("Ile kosztuje przesyłka i kiedy dotrze?", "pl"),
            ("Siparişim nerede ve ne zaman gelir?", "tr"),
            ("Làm thế nào để đổi mật khẩu của tôi?", "vi"),
            ("Cum pot să îmi schimb parola?", "ro"),
            ("Как мне вернуть товар?", "ru"),
            ("Πόσο κοστίζει η αποστολή;", "el"),
            ("كيف يمكنني إلغاء الاشتراك؟", "ar"),
            ("मैं अपना ऑर्डर कैसे रद्द करूं?", "hi"),
            ("我怎么退货？", "zh"),
            ("返品はどうすればいいですか", "ja"),
            ("จะคืนสินค้าได้อย่างไร", "th"),
            ("zebra", "und"),
            ("42", "und"),
        ] {
            assert_eq!(detect(text).code(), code, "{text}");
        }
    }
}
