//! What a question asks for beside its subject: a place, a time, a person; whether it says "not";
//! and words that turn it round. Tables in the languages that small talk has.

use crate::text;

/// What kind of answer a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asks {
    Who,
    Where,
    When,
    Why,
    /// How much, how many, how long, how far.
    Measure,
}

impl Asks {
    /// Whether one answer can serve both: a time is a measure too.
    pub fn fits(self, other: Self) -> bool {
        self == other
            || matches!((self, other), (Self::When, Self::Measure) | (Self::Measure, Self::When))
    }
}

/// Words that ask, in their plain form; the first that a question has counts.
const ASKING: &[(Asks, &str)] = &[
    (
        Asks::Who,
        "who whom whose wer wem wen wessen qui quien quienes chi quem wie_nl kto кто кого кому kim kime kimin من कौन किसने किसका 谁 誰",
    ),
    (
        Asks::Where,
        "where wo woher wohin ou donde dove onde waar gdzie где куда откуда nerede nereden nereye اين कहा कहां कहाँ 哪里 哪裡 哪儿",
    ),
    (Asks::When, "when wann quand cuando quando wanneer kiedy когда متى कब 什么时候 几点 何时"),
    (
        Asks::Why,
        "why warum weshalb wieso hoezo pourquoi perche waarom dlaczego почему зачем neden nicin niye لماذا क्यों 为什么",
    ),
    (
        Asks::Measure,
        "wieviel wieviele combien cuanto cuanta cuantos cuantas quanto quanta quanti quante quantos quantas hoeveel ile сколько kac كم कितना कितनी कितने 多少 多久 几个",
    ),
];
/// Words that ask for a measure after "how".
const MEASURES: &str = "much many long far often fast late early big large heavy old tall deep high wide soon \
    lange viel viele weit oft schnell spat gross schwer hoch tief veel vaak ver lang groot";
/// Two words that ask for a reason: "how come", "por qué".
const WHY: [(&str, &str); 2] = [("how", "come"), ("por", "que")];
const HOW: [&str; 3] = ["how", "wie", "hoe"];

/// Words that deny.
const NEGATIONS: &str = "not no never without nothing none cannot cant dont doesnt didnt isnt arent wont wasnt couldnt \
    shouldnt nicht kein keine keinen keinem keiner keines nie niemals ohne pas jamais sans aucun aucune ne \
    nunca sin ningun ninguna non mai senza nessun nessuna nao sem nenhum nenhuma niet geen nooit zonder nie bez nigdy \
    не нет без никогда нельзя degil yok hicbir لا ليس ليست بدون لن لم नहीं मत बिना न 不 没 没有 無 无 不能 不会 不可";
/// Words that turn a question round, in their plain form.
const OPPOSITES: &[(&str, &str)] = &[
    ("enable", "disable"),
    ("activate", "deactivate"),
    ("open", "close"),
    ("on", "off"),
    ("in", "out"),
    ("add", "remove"),
    ("add", "delete"),
    ("create", "delete"),
    ("install", "uninstall"),
    ("upgrade", "downgrade"),
    ("start", "stop"),
    ("start", "end"),
    ("begin", "end"),
    ("increase", "decrease"),
    ("increase", "reduce"),
    ("raise", "lower"),
    ("buy", "sell"),
    ("import", "export"),
    ("before", "after"),
    ("with", "without"),
    ("minimum", "maximum"),
    ("least", "most"),
    ("first", "last"),
    ("inside", "outside"),
    ("indoor", "outdoor"),
    ("include", "exclude"),
    ("allow", "forbid"),
    ("allow", "block"),
    ("lock", "unlock"),
    ("block", "unblock"),
    ("subscribe", "unsubscribe"),
    ("login", "logout"),
    ("connect", "disconnect"),
    ("show", "hide"),
    ("upload", "download"),
    ("send", "receive"),
    ("deposit", "withdraw"),
    ("borrow", "lend"),
    ("arrive", "leave"),
    ("arrive", "depart"),
    ("arrival", "departure"),
    ("checkin", "checkout"),
    ("domestic", "international"),
    ("adult", "child"),
    ("man", "woman"),
    ("men", "women"),
    ("day", "night"),
    ("cheap", "expensive"),
    ("early", "late"),
    ("earliest", "latest"),
    ("morning", "evening"),
    ("up", "down"),
    ("left", "right"),
    ("public", "private"),
    ("old", "new"),
    ("small", "large"),
    ("more", "less"),
    ("more", "fewer"),
    ("win", "lose"),
    ("summer", "winter"),
    ("weekday", "weekend"),
    ("accept", "reject"),
    ("accept", "decline"),
    ("pause", "resume"),
    ("cancel", "renew"),
    ("join", "leave"),
    ("follow", "unfollow"),
    ("hot", "cold"),
    ("full", "empty"),
    ("push", "pull"),
    ("above", "below"),
    ("online", "offline"),
    ("online", "store"),
    ("monthly", "yearly"),
    ("monthly", "annual"),
    ("monthly", "annually"),
    ("freeze", "unfreeze"),
    ("incoming", "outgoing"),
    ("input", "output"),
    ("front", "back"),
    ("male", "female"),
    ("aktivieren", "deaktivieren"),
    ("einschalten", "ausschalten"),
    ("offnen", "schliessen"),
    ("mit", "ohne"),
    ("vor", "nach"),
    ("ein", "aus"),
    ("kaufen", "verkaufen"),
    ("anmelden", "abmelden"),
    ("hinzufugen", "entfernen"),
    ("erhohen", "senken"),
    ("ankunft", "abreise"),
    ("sommer", "winter"),
    ("mindestens", "hochstens"),
    ("hochladen", "herunterladen"),
    ("erwachsene", "kinder"),
    ("tag", "nacht"),
    ("morgens", "abends"),
    ("activer", "desactiver"),
    ("ouvrir", "fermer"),
    ("avec", "sans"),
    ("avant", "apres"),
    ("ajouter", "supprimer"),
    ("acheter", "vendre"),
    ("augmenter", "reduire"),
    ("arrivee", "depart"),
    ("ete", "hiver"),
    ("jour", "nuit"),
    ("activar", "desactivar"),
    ("abrir", "cerrar"),
    ("con", "sin"),
    ("antes", "despues"),
    ("anadir", "eliminar"),
    ("comprar", "vender"),
    ("subir", "bajar"),
    ("llegada", "salida"),
    ("verano", "invierno"),
    ("dia", "noche"),
    ("attivare", "disattivare"),
    ("aprire", "chiudere"),
    ("con", "senza"),
    ("prima", "dopo"),
    ("aggiungere", "rimuovere"),
    ("ativar", "desativar"),
    ("abrir", "fechar"),
    ("com", "sem"),
    ("depois", "antes"),
    ("adicionar", "remover"),
    ("inschakelen", "uitschakelen"),
    ("openen", "sluiten"),
    ("met", "zonder"),
    ("voor", "na"),
    ("включить", "выключить"),
    ("включить", "отключить"),
    ("открыть", "закрыть"),
    ("до", "после"),
    ("с", "без"),
    ("добавить", "удалить"),
    ("купить", "продать"),
    ("ac", "kapat"),
    ("acmak", "kapatmak"),
    ("once", "sonra"),
    ("ekle", "sil"),
    ("تفعيل", "تعطيل"),
    ("فتح", "اغلاق"),
    ("قبل", "بعد"),
    ("مع", "بدون"),
    ("चालू", "बंद"),
    ("पहले", "बाद"),
    ("साथ", "बिना"),
    ("打开", "关闭"),
    ("开启", "关闭"),
    ("之前", "之后"),
    ("添加", "删除"),
];
/// Prefixes that make the opposite of a word.
const TURNING: [&str; 7] = ["un", "dis", "de", "in", "non", "des", "ab"];
/// Words that say where something comes from, and where it goes to.
const FROM: &str = "from out von aus vom depuis de des du desde da dal dalla do vanuit z ze из от с mula من से 从 從";
const TO: &str = "to into onto towards nach zu zum zur vers a au aux hacia para al alla per naar do na в на к الى को तक 到 往";

/// What may be between such a word and what it is said of.
const ARTICLES: &str = "the a an my your our this that der die das den dem ein eine einen einem le la les un une l \
    el los las lo il i gli o os as um uma het een mijn mein dein mon mi";

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// What kind of answer is requested by these plain words.
pub(crate) fn asks(words: &[String]) -> Option<Asks> {
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", String::as_str);
        if WHY.contains(&(word.as_str(), next)) {
            return Some(Asks::Why);
        }
        if HOW.contains(&word.as_str()) {
            return has(MEASURES, next).then_some(Asks::Measure);
        }
        if word == "what" && matches!(next, "time" | "day" | "date") {
            return Some(Asks::When);
        }
        let of = ASKING.iter().find(|(_, list)| has(list, word)).map(|(asks, _)| *asks);
        if of.is_some() {
            return of;
        }
    }
    None
}

/// Whether a heading is what a visitor could ask: it is a question, or says how, why, when or where.
pub(crate) fn is_asked(heading: &str) -> bool {
    if heading.trim_end().ends_with(['?', '？', '؟']) {
        return true;
    }
    let Some(first) = text::words(heading).next() else { return false };
    HOW.contains(&first.as_str()) || ASKING.iter().any(|(_, list)| has(list, &first))
}

/// How many of the words deny, as far as it matters: twice is not at all.
pub(crate) fn denies(words: &[String]) -> bool {
    let mut count = 0;
    for (at, word) in words.iter().enumerate() {
        // "ne … pas" denies once, and "no" at the head answers.
        let counted = word != "ne" && has(NEGATIONS, word) && !(at == 0 && word == "no");
        count += u32::from(counted);
    }
    count % 2 == 1
}

/// Whether `one` turns round what `other` says; both plain, stemmed or not.
pub(crate) fn are_opposites(one: &str, other: &str) -> bool {
    Opposites::of(one).have(other)
}

/// What turns a word round, to be compared with many others.
pub(crate) struct Opposites {
    word: String,
    listed: Vec<&'static str>,
}

impl Opposites {
    /// Of a plain word, stemmed or not.
    pub fn of(word: &str) -> Self {
        let both = OPPOSITES.iter().flat_map(|(a, b)| [(a, b), (b, a)]);
        let listed = both.filter(|(one, _)| alike(one, word)).map(|(_, other)| *other).collect();
        Self { word: word.to_owned(), listed }
    }

    /// Whether `other` is one of them.
    pub fn have(&self, other: &str) -> bool {
        let turned = |long: &str, short: &str| {
            let mut rests = TURNING.iter().filter_map(|prefix| long.strip_prefix(prefix));
            rests.any(|rest| short.chars().count() > 3 && alike(rest, short))
        };
        self.listed.iter().any(|listed| alike(listed, other))
            || turned(&self.word, other)
            || turned(other, &self.word)
    }
}

/// Whether two words are one in another form, as far as their letters tell.
fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let short = short.strip_suffix('e').unwrap_or(short);
    let rest = long.strip_prefix(short);
    short.chars().count() > 3
        && rest.is_some_and(|rest| {
            matches!(rest, "" | "e" | "s" | "ed" | "ing" | "es" | "d" | "en" | "t" | "er")
        })
}

/// Where each word comes from or goes to: for each content word after such a word, whether it is
/// the one or the other.
pub(crate) fn directions(words: &[String]) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_to = match (has(FROM, word), has(TO, word)) {
            (true, false) => false,
            (false, true) => true,
            _ => continue,
        };
        let small = |next: &&String| has(ARTICLES, next) || has(FROM, next) || has(TO, next);
        let content = words[at + 1..].iter().take(4).find(|next| !small(next));
        found.extend(content.map(|content| (content.as_str(), is_to)));
    }
    found
}

/// What must be the same in two questions that ask the same: numbers, codes, single letters, words
/// with a sign. Letters and digits that are written apart are one code.
pub(crate) fn codes(words: &[String]) -> Vec<String> {
    let is_digits = |word: &str| word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let mut codes: Vec<String> = Vec::new();
    let mut letters: Option<&str> = None;
    for word in words {
        let has_digit = word.contains(|c: char| c.is_ascii_digit());
        let has_sign = word.contains(['+', '#']) || (word.len() == 2 && word.ends_with('-'));
        let single = word.len() == 1
            && word.is_ascii()
            && !matches!(word.as_str(), "a" | "i" | "e" | "o" | "u" | "y" | "l" | "d" | "s" | "t");
        match (has_digit, letters.take()) {
            (true, Some(front)) if is_digits(word) && front.len() <= 3 => {
                codes.retain(|code| code != front);
                codes.push(format!("{front}{word}"));
            }
            (true, _) => codes.push(word.clone()),
            (false, _) if has_sign || single => codes.push(word.clone()),
            (false, _) => {}
        }
        let short = word.is_ascii() && word.len() <= 3 && !has_digit;
        letters = short.then_some(word.as_str()).filter(|word| {
            word.len() > 1 && !text::is_function_word_anywhere(word) || word.len() == 1
        });
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text::words(text).collect()
    }

    #[test]
    fn a_heading_that_says_how_is_what_a_visitor_asks() {
        for heading in
            ["How to connect a model", "Was kostet das?", "Where we deliver", "退货需要收据吗？"]
        {
            assert!(is_asked(heading), "{heading}");
        }
        for heading in ["Functions of the deployment", "Flags", ""] {
            assert!(!is_asked(heading), "{heading}");
        }
    }

    #[test]
    fn questions_ask_for_a_kind_of_answer() {
        for (question, expected) in [
            ("When do you deliver?", Some(Asks::When)),
            ("What time do you open?", Some(Asks::When)),
            ("Where can you deliver to?", Some(Asks::Where)),
            ("How long is the warranty?", Some(Asks::Measure)),
            ("How do I pay?", None),
            ("Do you ship abroad?", None),
            ("Wie lange dauert das?", Some(Asks::Measure)),
            ("¿Dónde está?", Some(Asks::Where)),
            ("Почему так долго?", Some(Asks::Why)),
            ("how come?", Some(Asks::Why)),
            ("¿Por qué no abren los lunes?", Some(Asks::Why)),
        ] {
            assert_eq!(asks(&words(question)), expected, "{question}");
        }
        assert!(Asks::When.fits(Asks::Measure) && !Asks::When.fits(Asks::Where));
    }

    #[test]
    fn what_denies_and_what_turns_round_is_known() {
        for denied in [
            "Which can not be returned?",
            "Why can't I log in?",
            "Ich habe keine Karte",
            "Je ne peux pas payer",
        ] {
            assert!(denies(&words(denied)), "{denied}");
        }
        for plain in ["Which can be returned?", "Ich habe eine Karte", "No, thanks"] {
            assert!(!denies(&words(plain)), "{plain}");
        }
        assert!(are_opposites("enable", "disabling") && are_opposites("subscribe", "unsubscribe"));
        assert!(are_opposites("offline", "online") && !are_opposites("online", "invoice"));
    }

    #[test]
    fn directions_and_codes_are_kept_apart() {
        assert_eq!(
            directions(&words("upgrade from Basic to Pro")),
            [("basic", false), ("pro", true)]
        );
        assert_eq!(codes(&words("filter XK-200")), codes(&words("filter XK 200")));
        assert_eq!(codes(&words("filter XK-200")), codes(&words("filter XK200")));
        assert_ne!(codes(&words("error E-04")), codes(&words("error E05")));
        assert_ne!(codes(&words("courses in C++")), codes(&words("courses in C#")));
        assert_ne!(codes(&words("courses in C++")), codes(&words("courses in C")));
        assert_ne!(codes(&words("below 0 at -20")), codes(&words("below 0 at 20")));
        assert!(codes(&words("How do I pay?")).is_empty());
    }
}
