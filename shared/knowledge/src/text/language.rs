//! Which language a text is in: by its script, and among those of one script by its function words.

use std::{collections::HashSet, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::{fold, function_words, spans};
use crate::hashing::Table;

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

            /// Those that are written in Latin letters, which come first.
            const LATIN: &[Self] = Self::ALL.split_at(Self::Indonesian as usize + 1).0;

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
static FUNCTION_WORDS: LazyLock<Table<String, u32>> = LazyLock::new(|| {
    let mut all: Table<String, u32> = Table::default();
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

/// The function words of Vietnamese with their tones, without which many are another word.
static TONED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    function_words::of(Language::Vietnamese).split_whitespace().map(fold::lower).collect()
});

/// Whether `word`, in lower case, is a function word of Vietnamese as it is written with tones.
pub(crate) fn is_toned_function_word(word: &str) -> bool {
    TONED.contains(word)
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

/// Function words of one language beyond those of another, at least, in a text that is taken for the
/// former and not for a likelier one; and the share of its words that they are then.
const DECISIVE: (u32, f32) = (2, 0.34);

/// Words of a message, at least, whose letters tell languages apart that its words don't.
const BY_LETTERS: u32 = 3;

/// The language of `text`; [`Language::Other`] for a text in Latin letters without a function word,
/// and for one without letters.
pub fn detect(text: &str) -> Language {
    Seen::of(text).language()
}

/// The same for a text of these words, each as it is written and folded.
pub(crate) fn detect_words<'w>(words: impl Iterator<Item = (&'w str, &'w str)>) -> Language {
    let mut seen = Seen::default();
    for (word, folded) in words {
        match word.contains(['\'', '\u{2019}']) {
            // A negation is folded to another word.
            true => seen.add(word, || fold::plain(word)),
            false => seen.add(word, || folded),
        }
    }
    seen.end().language()
}

/// The language that a text plainly is in: by its script, or by its function words. Of a text that says
/// that it is in `claimed` only another one, which many are of, and twice as many as of the claimed one.
pub fn detect_plainly(text: &str, claimed: Option<Language>) -> Option<Language> {
    const FEW: u32 = 3;
    const MANY: u32 = 8;
    let seen = Seen::of(text);
    let detected = detect(text);
    if detected == Language::Other || claimed == Some(detected) {
        return None;
    }
    if !detected.is_latin() && claimed.is_none_or(Language::is_latin) {
        return Some(detected);
    }
    let count = |language: Language| seen.words.get(language as usize).copied().unwrap_or_default();
    let is_plain = match claimed {
        Some(claimed) => count(detected) >= MANY && count(detected) > 2 * count(claimed),
        None => count(detected) >= FEW,
    };
    is_plain.then_some(detected)
}

/// The language of a message where `likely` languages are spoken, the likeliest first: one of them, if
/// its words speak for it about as much as for any other, or tell nothing.
pub fn detect_among(text: &str, likely: &[Language]) -> Language {
    let seen = Seen::of(text);
    let detected = detect(text);
    let is_other_script = seen.script().is_some_and(|script| script != Language::English);
    if is_other_script {
        return detected;
    }
    if is_marked_spanish(text) {
        return Language::Spanish;
    }
    let count = |language: Language| seen.words.get(language as usize).copied().unwrap_or_default();
    let all = seen.scripts.iter().sum::<u32>();
    let is_most = count(detected) as f32 >= DECISIVE.1 * all as f32;
    let may_be = |language: &Language| {
        let ahead = count(detected).saturating_sub(count(*language));
        ahead == 0 || (ahead < DECISIVE.0 && !is_most && language.is_latin())
    };
    let known = likely.iter().copied().filter(|language| *language != Language::Other);
    let mut may: Vec<Language> = known.filter(may_be).collect();
    // A message in Latin letters is likelier in a language that is written in them.
    may.sort_by_key(|language| !language.is_latin());
    let latin: Vec<whatlang::Lang> =
        may.iter().filter_map(|language| language.by_letters()).collect();
    if latin.len() > 1 && all >= BY_LETTERS {
        let by_letters = whatlang::Detector::with_allowlist(latin).detect_lang(text);
        let same = |language: &&Language| language.by_letters() == by_letters;
        return may.iter().find(same).copied().unwrap_or(detected);
    }
    may.first().copied().unwrap_or(detected)
}

/// Whether a question or a call is opened by a mark that Spanish alone has.
fn is_marked_spanish(text: &str) -> bool {
    text.contains(['¿', '¡'])
}

impl Language {
    /// Whether it is written in Latin letters.
    fn is_latin(self) -> bool {
        Self::LATIN.contains(&self)
    }

    /// What it is called by the crate that knows languages by runs of letters, if it is written in
    /// Latin ones.
    fn by_letters(self) -> Option<whatlang::Lang> {
        use whatlang::Lang;
        Some(match self {
            Self::English => Lang::Eng,
            Self::German => Lang::Deu,
            Self::French => Lang::Fra,
            Self::Spanish => Lang::Spa,
            Self::Italian => Lang::Ita,
            Self::Portuguese => Lang::Por,
            Self::Dutch => Lang::Nld,
            Self::Swedish => Lang::Swe,
            Self::Danish => Lang::Dan,
            Self::Norwegian => Lang::Nob,
            Self::Finnish => Lang::Fin,
            Self::Polish => Lang::Pol,
            Self::Czech => Lang::Ces,
            Self::Romanian => Lang::Ron,
            Self::Hungarian => Lang::Hun,
            Self::Turkish => Lang::Tur,
            Self::Vietnamese => Lang::Vie,
            Self::Indonesian => Lang::Ind,
            _ => return None,
        })
    }
}

/// What a text has of each language.
#[derive(Default)]
struct Seen {
    /// Words by their letters; those in Latin ones count as English.
    scripts: [u32; Language::ALL.len()],
    /// Function words.
    words: [u32; Language::ALL.len()],
}

impl Seen {
    fn of(text: &str) -> Self {
        let mut seen = Self::default();
        for (_, word) in spans(text).take(MAX_WORDS) {
            seen.add(word, || fold::plain(word));
        }
        seen.end()
    }

    fn add<W: AsRef<str>>(&mut self, word: &str, plain: impl FnOnce() -> W) {
        let Some(script) = word.chars().find_map(by_script) else { return };
        self.scripts[script as usize] += 1;
        let Some(set) = FUNCTION_WORDS.get(plain().as_ref()) else { return };
        for (at, count) in self.words.iter_mut().enumerate() {
            *count += (set >> at) & 1;
        }
    }

    fn end(mut self) -> Self {
        let scripts = &mut self.scripts;
        // A Japanese text has more kanji than anything else at times; a Chinese one has no kana.
        if scripts[Language::Japanese as usize] * 8 > scripts[Language::Chinese as usize] {
            scripts[Language::Japanese as usize] += scripts[Language::Chinese as usize];
        }
        self
    }

    fn language(&self) -> Language {
        match self.script() {
            Some(Language::English) => most(&self.words, Language::LATIN).unwrap_or_default(),
            Some(Language::Russian) => most(&self.words, &[Language::Russian, Language::Ukrainian])
                .unwrap_or(Language::Russian),
            Some(script) => script,
            None => Language::Other,
        }
    }

    /// The language of the script that most is written in.
    fn script(&self) -> Option<Language> {
        most(&self.scripts, Language::ALL)
    }
}

/// The one of `of` that has most; the first of those that have as much.
fn most(counts: &[u32], of: &[Language]) -> Option<Language> {
    let best = of.iter().copied().max_by_key(|l| (counts[*l as usize], u32::MAX - *l as u32));
    best.filter(|language| counts[*language as usize] > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_spanish_decides_between_languages_that_are_likely() {
        let likely = [Language::English, Language::French, Language::Spanish];
        for text in ["¿Qué pasa si falla un webhook?", "¡Falla el webhook!"] {
            assert_eq!(detect_among(text, &likely), Language::Spanish, "{text}");
        }
        assert_eq!(detect("¿Где мой заказ?"), Language::Russian);
    }

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

    #[test]
    fn a_message_that_tells_little_is_in_the_language_that_is_spoken_there() {
        use Language::{
            Arabic, English, French, German, Italian, Other, Portuguese, Russian, Spanish, Turkish,
        };
        for (text, likely, language) in [
            ("zebra", &[Spanish][..], Spanish),
            ("42", &[German], German),
            ("somos 8 adultos, nos hacéis descuento", &[Spanish], Spanish),
            ("wifi", &[Russian, English], English),
            ("wifi", &[Russian], Russian),
            ("and per year?", &[Russian], English),
            ("was kostet das", &[English], German),
            ("where is the pool", &[Spanish], English),
            ("wo parken", &[Spanish, French], German),
            ("где бассейн", &[English], Russian),
            ("vengo in treno, quando devo essere lì", &[French, Italian, Spanish], Italian),
            (
                "vou de comboio, a que horas tenho de estar aí",
                &[French, Spanish, Portuguese],
                Portuguese,
            ),
            ("kedi ücreti ne kadar", &[Arabic, German, Turkish], Turkish),
            ("wifi", &[Arabic, German], German),
            ("zebra", &[Other], Other),
            ("zebra", &[], Other),
        ] {
            assert_eq!(detect_among(text, likely), language, "{text}");
        }
    }
}
