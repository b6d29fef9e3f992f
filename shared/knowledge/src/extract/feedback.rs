//! What asks readers whether a page was of use and tells what they said, in the languages of those who
//! make such widgets.

use super::boilerplate_phrases::plain;

/// What a page is called where its readers are asked about it, and what they may say of it, in lower
/// case and divided by bars; a question has one of each.
struct Language {
    pages: &'static str,
    verdicts: &'static str,
}

const LANGUAGES: &[Language] = &[
    // English; "this" alone is in the beginnings.
    Language {
        pages: "this page|this article|this answer|this content|this document|this doc |\
            this guide|this help|this information|this post|this section|this solution|\
            this topic|this tutorial|the page|the article",
        verdicts: "helpful|useful|help you|helped| help?|answer your|answered your|solve your|\
            resolve your|looking for",
    },
    // German
    Language {
        pages: "diese seite|dieser seite|dieser artikel|diesen artikel|dieser beitrag|\
            diesen beitrag|diese antwort|diese information|dieser inhalt|diese anleitung|\
            der artikel",
        verdicts: "hilfreich|geholfen|nützlich|beantwortet",
    },
    // French
    Language {
        pages: "cet article|cette page|cette réponse|ce contenu|ces informations|\
            cette information|cette fiche|ce guide",
        verdicts: "utile|aidé|répondu",
    },
    // Spanish
    Language {
        pages: "este artículo|esta página|esta respuesta|este contenido|esta información|\
            esta guía",
        verdicts: "útil|ayudó|ayudado|servido|sirvió",
    },
    // Portuguese
    Language {
        pages: "este artigo|esse artigo|esta página|essa página|esta resposta|essa resposta|\
            este conteúdo|esse conteúdo|esta informação|essa informação",
        verdicts: "útil|ajudou|respondeu",
    },
    // Italian
    Language {
        pages: "questo articolo|questa pagina|questa risposta|questo contenuto|\
            queste informazioni",
        verdicts: "utile|utili|aiutato|chiar",
    },
    // Dutch
    Language {
        pages: "dit artikel|deze pagina|dit antwoord|deze informatie",
        verdicts: "nuttig|geholpen|behulpzaam|bruikbaar",
    },
    // Polish, Czech
    Language {
        pages: "ten artykuł|ta strona|ta odpowiedź|tento článek|tato stránka",
        verdicts: "pomocn|przydatn|pomógł|pomogła|užitečn|pomohl",
    },
    // Swedish, Danish, Norwegian
    Language {
        pages: "den här sidan|den här artikeln|artikeln|denne side|denne artikel|artiklen|\
            denne artikkelen|artikkelen",
        verdicts: "hjälp|hjalp|hjelp|nyttig|användbar",
    },
    // Russian, Turkish
    Language {
        pages: "эта страница|эта статья|этот ответ|эта информация|bu makale|bu sayfa|bu yanıt",
        verdicts: "полезн|помог|yararlı|faydalı|yardımcı",
    },
    // Japanese, Chinese
    Language {
        pages: "このページ|この記事|この回答|この情報|此页面|这篇文章|本文|此内容",
        verdicts: "役に立|お役に|参考にな|解決|帮助|有用",
    },
];

/// How a question begins that wants to know more than whether: it may be the page's own.
const INTERROGATIVES: &[&str] = &[
    "how",
    "why",
    "what",
    "where",
    "when",
    "who",
    "which",
    "wie",
    "warum",
    "wieso",
    "wo",
    "wann",
    "wer",
    "wozu",
    "comment",
    "pourquoi",
    "que",
    "qui",
    "où",
    "quand",
    "¿cómo",
    "¿por",
    "¿qué",
    "¿para",
    "como",
    "por",
    "porque",
    "come",
    "perché",
    "cosa",
    "hoe",
    "waarom",
    "wat",
    "jak",
    "dlaczego",
    "proč",
    "hur",
    "varför",
    "hvordan",
    "hvorfor",
    "как",
    "почему",
    "зачем",
    "nasıl",
    "neden",
];

/// How a line begins that asks readers to rate a page, in lower case.
const RATINGS: &[&str] = &[
    "rate this ",
    "please rate this ",
    "bewerten sie diese",
    "bewerte diese",
    "évaluez cet",
    "notez cet",
    "valora est",
    "califica est",
    "avalie est",
    "valuta quest",
    "beoordeel dit artikel",
    "beoordeel deze pagina",
];

/// How questions begin that don't name the page they are about, in lower case and divided by bars.
const BEGINNINGS: &str = "did you find what you|have you found what you|did we answer your|\
    how would you rate this|how do you rate this|how satisfied are you with this|\
    wie bewerten sie dies|wie zufrieden sind sie mit dies|comment évaluez-vous cet|\
    ¿cómo califica est|¿cómo valora est|come valuti quest|\
    could this page be better|what did you think of this|is there anything wrong with this page|\
    report a problem with this page|report an issue with this page|\
    hat ihnen das geholfen|hat dir das geholfen|hat das geholfen|konnten wir ihnen helfen|\
    haben sie gefunden, w|hast du gefunden, w|\
    cela vous a-t-il été utile|cela vous a-t-il aidé|avez-vous trouvé ce que vous|\
    ¿le ha resultado útil|¿le resultó útil|¿te resultó útil|¿te sirvió est|¿fue útil|\
    ¿encontraste lo que|¿encontró lo que|¿ha encontrado lo que|\
    isto foi útil|isso foi útil|encontrou o que procura|\
    ti è stato utile|è stato utile quest|hai trovato quello che cerc|hai trovato ciò che cerc|\
    was dit nuttig|heeft dit geholpen|heb je gevonden wat|heeft u gevonden wat|\
    czy to było pomocne|hjälpte detta|var detta till hjälp|var dette nyttig";

/// What those who found a page of use did, and what it was for them; said together, of numbers alone.
const FOUND: &[&str] = &[
    "found",
    "fanden",
    "fand ",
    "finden ",
    "trouvé",
    "jugé",
    "encontr",
    "parec",
    "result",
    "acharam",
    "achou",
    "consider",
    "trovat",
    "ritengono",
    "vonden",
    "vond",
    "uznał",
    "uznało",
    "tyckte",
    "hittade",
    "fandt",
    "fant",
    "syntes",
    "сочли",
    "нашли",
    "посчитали",
    "buldu",
];
const USEFUL: &[&str] = &[
    "helpful",
    "useful",
    "hilfreich",
    "nützlich",
    "utile",
    "útil",
    "nuttig",
    "pomocn",
    "przydatn",
    "hjälpsam",
    "användbar",
    "nyttig",
    "полезн",
    "yararlı",
    "faydalı",
];
/// Who found it so.
const PERSONS: &[&str] = &[
    "people",
    "person",
    "user",
    "reader",
    "leser",
    "besucher",
    "nutzer",
    "kunden",
    "utilisateur",
    "lecteur",
    "internaute",
    "usuari",
    "usuár",
    "lector",
    "leitor",
    "pessoa",
    "utent",
    "lettor",
    "mensen",
    "lezers",
    "osob",
    "użytk",
    "человек",
    "пользовател",
    "kişi",
];
/// Who says what others found of something of theirs praises it.
const OURS: &[&str] = &[
    "our", "unser", "unsere", "unseren", "notre", "nos", "nuestro", "nuestra", "nuestros",
    "nuestras", "nosso", "nossa", "nostro", "nostra", "nostri", "onze", "ons", "nasz", "nasze",
];

/// Whether a line asks readers whether the page was of use, or to rate it.
pub(super) fn asks(line: &str) -> bool {
    /// Of the question, in bytes: what is longer asks something else.
    const LONGEST: usize = 160;
    /// Of what is behind it, in words: "Yes No", "Tell us", "Send feedback about this page".
    const MOST_BEHIND: usize = 6;
    let line = plain(line);
    let begins = || BEGINNINGS.split('|').any(|start| line.starts_with(start));
    // Behind the question nothing is said but what to press.
    let behind = line.split_once(['?', '？', '؟']).map_or("", |(_, behind)| behind);
    let says_more = behind.contains(|c: char| c.is_ascii_digit() || c == '@')
        || behind.split_whitespace().count() > MOST_BEHIND;
    if is_scale(&line) || (line.len() <= LONGEST && begins() && !says_more) {
        return true;
    }
    if RATINGS.iter().any(|start| line.starts_with(start)) {
        return line.split_whitespace().count() <= 6;
    }
    let end = line.char_indices().find(|(_, c)| matches!(c, '?' | '？' | '؟' | 'か'));
    let question = end.and_then(|(at, c)| line.get(..at + c.len_utf8()));
    let Some(question) = question.filter(|question| question.len() <= LONGEST) else {
        return false;
    };
    let mut words = question.split_whitespace();
    let wants_more = words.next().is_some_and(|first| INTERROGATIVES.contains(&first));
    let mut how_useful =
        || words.next().is_some_and(|next| USEFUL.iter().any(|v| next.starts_with(v)));
    (!wants_more || how_useful()) && is_about_page(question) && !says_more
}

/// Whether a line has the degrees of a scale to choose from: "Rate 5 stars out of 5".
fn is_scale(line: &str) -> bool {
    const MOST_WORDS: usize = 60;
    const RATE: &[&str] = &[
        "rate",
        "valuta",
        "bewerte",
        "bewerten",
        "notez",
        "noter",
        "attribuer",
        "califica",
        "calificar",
        "valora",
        "valorar",
        "avalie",
        "avaliar",
        "beoordeel",
        "oceń",
        "give",
    ];
    const STARS: &[&str] = &[
        "star",
        "stars",
        "stern",
        "sterne",
        "sternen",
        "étoile",
        "étoiles",
        "estrella",
        "estrellas",
        "estrela",
        "estrelas",
        "stella",
        "stelle",
        "ster",
        "sterren",
        "gwiazdki",
        "gwiazdek",
    ];
    const OTHERS: &[&str] = &[
        "out", "of", "von", "mit", "with", "sur", "de", "su", "con", "com", "em", "van", "met",
        "na", "sie", "this", "it", "da", "a", "as",
    ];
    let words = || line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_number = |word: &str| word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    words().next().is_some_and(|first| RATE.contains(&first))
        && words().take(MOST_WORDS + 1).count() <= MOST_WORDS
        && words().any(is_number)
        && words().any(|word| STARS.contains(&word))
        && words().all(|word| {
            is_number(word) || [RATE, STARS, OTHERS].iter().any(|words| words.contains(&word))
        })
}

fn is_about_page(question: &str) -> bool {
    LANGUAGES.iter().any(|language| {
        let has = |any: &str| any.split('|').any(|part| question.contains(part));
        has(language.pages) && has(language.verdicts)
    })
}

/// Whether a line counts readers who found a page of use: "3 of 5 found this helpful".
pub(super) fn counts(line: &str) -> bool {
    const MOST_WORDS: usize = 14;
    let line = plain(line);
    let line = line.trim_end_matches(['.', '!']);
    let mut words = line.split(|c: char| c.is_whitespace() || matches!(c, '/' | ':'));
    let words: Vec<&str> =
        words.by_ref().filter(|word| !word.is_empty()).take(MOST_WORDS + 1).collect();
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let at_end = words.last().is_some_and(is_number) || words.iter().take(2).any(is_number);
    let has = |any: &[&str]| {
        words.iter().any(|word| any.iter().any(|part| word.starts_with(part.trim_end())))
    };
    // "7 of 9", "people", or a colon in front of the numbers: one number alone counts anything.
    let numbers = words.iter().filter(|word| is_number(word)).count();
    (3..=MOST_WORDS).contains(&words.len())
        && at_end
        && (numbers > 1 || has(PERSONS))
        && has(FOUND)
        && has(USEFUL)
        && !words.iter().any(|word| OURS.contains(word))
}

/// Whether a line only has the answers to such a question.
pub(super) fn answers(line: &str) -> bool {
    // Longer ones first: "no" is how "non" begins.
    const ANSWERS: &[&str] = &[
        "nein",
        "yes",
        "oui",
        "non",
        "não",
        "sim",
        "nee",
        "nej",
        "tak",
        "nie",
        "нет",
        "いいえ",
        "no",
        "ja",
        "sí",
        "si",
        "да",
        "はい",
        "or",
    ];
    let line = plain(line);
    let mut words = line.split_whitespace().peekable();
    let is_answer = |word: &str| {
        let count = word.trim_matches(['(', ')']);
        let counts = count.bytes().all(|byte| byte.is_ascii_digit());
        let is_sign = !word.contains(char::is_alphanumeric);
        // Answers in boxes beside each other may have nothing between them.
        let of_answers = || {
            let mut rest = word.trim_end_matches(['!', ',', '.']);
            while let Some(left) = ANSWERS.iter().find_map(|answer| rest.strip_prefix(answer)) {
                rest = left;
            }
            rest.is_empty()
        };
        counts || is_sign || of_answers()
    };
    words.peek().is_some() && words.all(is_answer) && line.len() <= 40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_about_the_page_are_told_from_its_own() {
        for line in [
            "Did this article help?",
            "Was this post useful?",
            "How would you rate this page?",
            "Did this tutorial answer your question? Yes No",
            "Did you find this guide useful?",
            "How helpful was this page?",
            "Did you find what you were looking for?",
            "Haben Sie gefunden, wonach Sie suchten? Ja Nein",
            "Does this page have what you are looking for? Tell us",
            "Rate this article",
            "Rate 4 stars out of 5",
            "Bewerten Sie mit 3 von 5 Sternen",
            "Quanto è chiara questa pagina?",
            "Hat Ihnen dieser Beitrag geholfen?",
            "Wie hilfreich war dieser Artikel?",
            "Cette réponse vous a-t-elle aidé ?",
            "¿Te ayudó este contenido?",
            "Esta página foi útil?",
            "Queste informazioni ti sono state utili?",
            "Heeft deze pagina u geholpen?",
            "Czy ta strona była pomocna?",
            "Hjälpte den här sidan dig?",
            "Эта статья была полезна?",
            "このページは役に立ちましたか？",
        ] {
            assert!(asks(line), "{line}");
        }
        for line in [
            "How does this page help me with my tax?",
            "Is the kiln useful for porcelain?",
            "Did the ointment help you?",
            "Wie ist diese Information nützlich für mich?",
            "This article is helpful.",
            "Have you found what you want? Call us on 020 7946 0958.",
            "4.5 von 5 Sternen",
            "Give 5 stars to a boat that has 3 sails",
            "Rate this high for a boat of its age, which is why we sold it",
        ] {
            assert!(!asks(line), "{line}");
        }
    }

    #[test]
    fn counts_of_those_who_found_it_useful_are_told_from_praise() {
        for line in [
            "7 of 9 people found this helpful",
            "12 von 15 fanden dies hilfreich",
            "3 personnes sur 5 ont trouvé cela utile",
            "3 su 5 persone l'hanno trovato utile",
            "A 4 de 6 personas les resultó útil",
            "Usuários que acharam isso útil: 3 de 5",
            "8 van de 11 vonden dit nuttig",
            "2 из 3 сочли это полезным",
        ] {
            assert!(counts(line), "{line}");
        }
        for line in [
            "9 out of 10 sailors found our knots useful",
            "In 1912 a keeper found the lamp useful and wrote so into the log of the light for all to read",
            "We found this useful",
            "12 hilfreiche Hinweise",
            "5 useful things to consider before you move",
            "10 useful links for foundation students",
            "3 nuttige tips voor een avond uit",
        ] {
            assert!(!counts(line), "{line}");
        }
    }

    #[test]
    fn answers_alone_are_told_from_what_is_said_with_them() {
        for line in ["Yes", "Yes No", "Ja / Nein", "JaNein", "😞😐😃", "👍 12 👎 (3)"] {
            assert!(answers(line), "{line}");
        }
        for line in ["", "Yes, on Fridays", "No dogs"] {
            assert!(!answers(line), "{line}");
        }
    }
}
