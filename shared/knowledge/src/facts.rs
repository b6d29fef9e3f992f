//! Facts: what a question wants to be told, such as a price, an address or opening hours, and whether a
//! text states one.

mod clock;
mod phone;

use std::{collections::HashSet, sync::LazyLock};

use crate::{
    asks::{self, Asks},
    concepts,
    quote::weekdays,
    text::{self, Language},
};

/// A kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    /// An amount of money, or that something is free.
    Price,
    /// Days and times of day.
    Hours,
    /// A street and a number.
    Address,
    Phone,
    Email,
    /// How old someone is.
    Age,
    /// How long something takes or lasts.
    Duration,
    Time,
    Number,
    Reason,
}

type Words = LazyLock<HashSet<&'static str>>;

static NUMBERS: Words = LazyLock::new(|| {
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen \
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand half ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf vierzehn funfzehn achtzehn zwanzig dreissig vierzig funfzig hundert deux trois quatre cinq six sept huit \
    neuf dix onze douze quinze vingt trente quarante cinquante cent dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cien tre quattro cinque sette otto nove dieci twee \
    drie vier vijf zes zeven acht negen tien два три четыре пять шесть семь восемь девять десять iki uc dort bes alti \
    yedi sekiz dokuz"
        .split_whitespace()
        .collect()
});
/// Months, and what else is a time, beside days of the week.
static TIMES: Words = LazyLock::new(|| {
    "day days week weeks month months year years hour hours minute minutes second seconds january february march \
    april june july august september october november december today tomorrow always daily weekly until noon midnight \
    tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunde stunden uhr januar februar marz mai juni \
    juli oktober dezember taglich immer jour jours semaine semaines mois heure heures janvier fevrier mars avril juin \
    juillet aout septembre octobre novembre decembre dia dias semana semanas mes meses hora horas enero febrero marzo \
    abril mayo junio julio agosto septiembre octubre noviembre diciembre giorno giorni settimana settimane mese mesi \
    ora ore gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro maio junho \
    julho setembro outubro novembro dezembro dag dagen weken maand maanden uur januari februari maart mei augustus \
    день дня дней неделя недели недель месяц месяца месяцев час часа часов января февраля марта апреля мая июня июля \
    августа сентября октября ноября декабря gun hafta ay saat ocak subat mart nisan mayis haziran temmuz agustos eylul \
    ekim kasim aralik"
        .split_whitespace()
        .collect()
});
static REASONS: Words = LazyLock::new(|| {
    "because since therefore weil denn parce porque perche потому cunku"
        .split_whitespace()
        .collect()
});

impl Fact {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Price,
        Self::Hours,
        Self::Address,
        Self::Phone,
        Self::Email,
        Self::Age,
        Self::Duration,
        Self::Time,
        Self::Number,
        Self::Reason,
    ];

    /// The concept that a question names which wants it.
    pub fn concept(self) -> Option<u16> {
        concepts::of(match self {
            Self::Price => "price",
            Self::Hours => "open",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Age => "age",
            Self::Duration | Self::Time | Self::Number | Self::Reason => return None,
        })
    }
}

/// What money is counted in, as it is written beside a number.
static MONEY: Words = LazyLock::new(|| {
    "euro euros eur cent cents dollar dollars usd pound pounds gbp pence chf franken francs zloty zlotych zl pln kr \
    kronen lira tl try рублей рубля руб рубль درهم ريال جنيه रुपये रुपए 元 块 円"
        .split_whitespace()
        .collect()
});
const SIGNS: [char; 8] = ['€', '$', '£', '¥', '₹', '₽', '₺', '₴'];
/// Words of age beside a number: "18 or over", "ab 6 Jahren".
static AGES: Words = LazyLock::new(|| {
    "year years old older over under age aged younger jahre jahren alt alter ans an ages anos ano edad anni eta idade \
    jaar oud lat wiek лет года год возраст yas yasinda سنة سنوات عاما साल वर्ष 岁 歲"
        .split_whitespace()
        .collect()
});
/// Units of time.
static SPANS: Words = LazyLock::new(|| {
    "second seconds minute minutes hour hours day days week weeks month months year years fortnight sekunde sekunden \
    minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre jahren heure heures jour jours \
    semaine semaines mois an ans annee annees minuto minutos hora horas dia dias semana semanas mes meses ano anos \
    minuti ora ore giorno giorni settimana settimane mese mesi anno anni uur dag dagen weken maand maanden jaar minut \
    godzin godziny dni tydzien tygodni miesiac miesiecy lat минут минуты час часа часов день дня дней неделя недели \
    недель месяц месяца месяцев год года лет dakika saat gun hafta ay yil دقيقة دقائق ساعة ساعات يوم ايام اسبوع شهر \
    سنة मिनट घंटे घंटा दिन सप्ताह हफ्ते महीने साल"
        .split_whitespace()
        .collect()
});
/// Words in front of or behind which a number is one of a street; endings of those that are written with it.
static STREETS: Words = LazyLock::new(|| {
    "street st road rd avenue ave lane row square boulevard blvd quay terrace strasse str weg platz allee gasse ufer \
    damm rue av quai place chemin calle avenida plaza paseo carrer via viale piazza corso rua praca largo straat laan \
    plein kade ulica ul улица ул проспект проезд sokak cadde caddesi mahallesi شارع मार्ग रोड"
        .split_whitespace()
        .collect()
});
const STREET_ENDINGS: [&str; 12] = [
    "strasse", "str", "gasse", "weg", "platz", "allee", "ufer", "damm", "straat", "laan", "plein",
    "gracht",
];
/// Words for streets that are written small in front of the street's name, and mean nothing else.
const SMALL_STREETS: &[&str] = &[
    "rue",
    "quai",
    "chemin",
    "calle",
    "avenida",
    "plaza",
    "paseo",
    "carrer",
    "viale",
    "piazza",
    "corso",
    "rua",
    "praca",
    "ulica",
    "ul",
    "ул",
    "улица",
];
/// "Closed", beside "open" of the table of concepts.
static CLOSED: Words = LazyLock::new(|| {
    "close closes closed closing shut shuts geschlossen schliesst zumachen ferme fermez ferment cierra \
    cierran cerrado chiude chiudete chiuso fecha fecham fechado dicht gesloten sluiten zamkniete закрыто закрываетесь \
    kapali kapaniyor مغلق تغلق बंद 关门"
        .split_whitespace()
        .collect()
});
/// Words after "how much" that name nothing that is counted.
static NO_THING: Words = LazyLock::new(|| {
    "is are was does do did for to would will it its a an the this that they you your we i my he she must should can"
        .split_whitespace()
        .collect()
});
/// Words that ask how long something takes, and those of which one comes next or next but one.
const LONG: [(&str, &[&str]); 8] = [
    ("how", &["long", "soon", "quickly", "fast"]),
    ("wie", &["lange", "lang", "schnell"]),
    ("hoe", &["lang", "snel"]),
    ("cuanto", &["tiempo", "tarda", "tardan", "dura"]),
    ("combien", &["temps"]),
    ("quanto", &["tempo", "dura"]),
    ("jak", &["dlugo", "szybko"]),
    ("как", &["долго", "быстро"]),
];
/// Words with a meaning that a question has at most beside the one that names a phone, a mail or an address.
const MAX_BESIDE: usize = 2;

/// Whether numbers are known that are written as words in `language`.
pub(crate) fn knows_numbers(language: Language) -> bool {
    use Language::{Dutch, English, French, German, Italian, Russian, Spanish};
    matches!(language, English | German | French | Spanish | Italian | Dutch | Russian)
}

/// Whether a plain word says that something is open or closed.
pub(crate) fn is_open_or_closed(word: &str) -> bool {
    let open = concepts::of("open");
    open.is_some() && concepts::of(word) == open || CLOSED.contains(word)
}

/// What the plain `words` of a question want to be told, if they do.
pub(crate) fn wanted(words: &[String]) -> Option<Fact> {
    let names = |concept: &str| {
        let concept = concepts::of(concept);
        let phrase = concepts::phrases(words).any(|(_, _, named)| Some(named) == concept);
        phrase || words.iter().any(|word| concept.is_some() && concepts::of(word) == concept)
    };
    let asked = asks::asks(words);
    // "Combien de temps" has a word between.
    let follows = |first: &str, seconds: &[&str]| {
        let firsts = words.iter().enumerate().filter(|(_, word)| *word == first);
        firsts
            .flat_map(|(at, _)| words.iter().skip(at + 1).take(2))
            .any(|second| seconds.contains(&second.as_str()))
    };
    let content = words.iter().filter(|word| !text::is_function_word_anywhere(word)).count();
    let is_bare = content <= 1 + MAX_BESIDE && !matches!(asked, Some(Asks::When | Asks::Why));
    if names("age") || follows("how", &["old"]) || follows("wie", &["alt"]) {
        return Some(Fact::Age);
    }
    if LONG.iter().any(|(first, seconds)| follows(first, seconds)) {
        return Some(Fact::Duration);
    }
    let how_much = words.windows(3).any(|three| {
        three[0] == "how" && three[1] == "much" && NO_THING.contains(three[2].as_str())
    });
    if how_much || names("price") {
        return Some(Fact::Price);
    }
    let has_day = words.iter().any(|word| weekdays::is_day(word));
    // "Wann habt ihr zu?": elsewhere in a sentence "zu" is "to".
    let is_closed = || {
        let is_last = words.last().is_some_and(|last| last == "zu");
        is_last || words.iter().any(|word| CLOSED.contains(word.as_str()))
    };
    if (names("open") || is_closed()) && (asked == Some(Asks::When) || has_day) {
        return Some(Fact::Hours);
    }
    for (concept, fact) in
        [("phone", Fact::Phone), ("email", Fact::Email), ("address", Fact::Address)]
    {
        if is_bare && names(concept) {
            return Some(fact);
        }
    }
    match asked? {
        Asks::When => Some(Fact::Time),
        Asks::Measure => Some(Fact::Number),
        Asks::Why => Some(Fact::Reason),
        Asks::Who | Asks::Where => None,
    }
}

/// Whether `sentence` states it and says more of it than the question, whose plain words these are: "on
/// Saturday" is no time to whoever asks about Saturdays.
pub(crate) fn states(sentence: &str, fact: Fact, asked: &[String]) -> bool {
    let is_number = |word: &str| word.chars().any(char::is_numeric) || NUMBERS.contains(word);
    let is_time = |word: &str| is_number(word) || TIMES.contains(word) || weekdays::is_day(word);
    let has = |is: &dyn Fn(&str) -> bool| {
        text::words(sentence).any(|word| is(&word) && !asked.contains(&word))
    };
    match fact {
        Fact::Price => has_price(sentence, asked),
        Fact::Hours => {
            let times = clock::times(sentence);
            times > 1 || times == 1 && text::words(sentence).any(|word| weekdays::is_day(&word))
        }
        Fact::Address => has_street(sentence),
        Fact::Phone => phone::is_in(sentence),
        Fact::Email => sentence.split_whitespace().any(is_email) || has_spelled_at(sentence),
        Fact::Age => has_number_near(sentence, &AGES, asked),
        Fact::Duration => has_number_near(sentence, &SPANS, asked),
        Fact::Time => has(&is_time),
        Fact::Number => has(&is_number),
        Fact::Reason => has(&|word| REASONS.contains(word)),
    }
}

fn has_price(text: &str, asked: &[String]) -> bool {
    let free = concepts::of("free");
    let is_free =
        |word: &String| concepts::of(word) == free && free.is_some() && !asked.contains(word);
    has_number_and_sign(text)
        || has_number_near(text, &MONEY, asked)
        || text::words(text).any(|word| is_free(&word))
}

/// Whether a text has a number and a sign of money, as in "$5", "12,- €", "Price in €/month: 20". The dollar in front of
/// a name, as in `$HOME`, is a command's.
fn has_number_and_sign(text: &str) -> bool {
    let names = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '(');
    let mut signs = text.match_indices(SIGNS);
    let has_sign = signs.any(|(at, sign)| sign != "$" || !text[at + 1..].starts_with(names));
    has_sign && text.contains(|c: char| c.is_numeric())
}

/// Whether a number is within two words of one of `words`.
fn has_number_near(text: &str, words: &HashSet<&str>, asked: &[String]) -> bool {
    const NEAR: usize = 2;
    let all: Vec<String> = text::words(text).collect();
    let is_number = |word: &String| {
        (word.chars().any(char::is_numeric) || NUMBERS.contains(word.as_str()))
            && !asked.contains(word)
    };
    (0..all.len()).filter(|at| is_number(&all[*at])).any(|at| {
        let (from, to) = (at.saturating_sub(NEAR), all.len().min(at + NEAR + 1));
        all[from..to].iter().any(|word| words.contains(word.as_str()))
            // "30min", "2h", "3年".
            || all[at].trim_start_matches(char::is_numeric) != all[at]
                && words.contains(all[at].trim_start_matches(char::is_numeric))
    })
}

/// Whether `text` has a street and a number beside it.
fn has_street(text: &str) -> bool {
    const NEAR: usize = 3;
    let written: Vec<&str> = text::spans(text).map(|(_, word)| word).collect();
    let is_capital = |word: &str| !word.starts_with(char::is_lowercase);
    let is_street = |word: &str| {
        let plain = text::folded(word);
        let ends = |ending: &&str| plain.len() > ending.len() + 2 && plain.ends_with(*ending);
        STREETS.contains(plain.as_str()) || STREET_ENDINGS.iter().any(ends)
    };
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() < 6;
    let has_number_near = |at: usize| {
        let (from, to) = (at.saturating_sub(NEAR), written.len().min(at + NEAR + 1));
        written[from..to].iter().any(|word| is_number(word))
    };
    // "12 rue des Lilas", "calle Luna, 18": the name is large, and the number next to it all.
    let is_named = |at: usize| {
        let name = (at + 1..written.len().min(at + NEAR + 1)).find(|at| is_capital(written[*at]));
        let is_before = at.checked_sub(1).is_some_and(|before| is_number(written[before]));
        name.is_some_and(|name| {
            is_before || written.get(name + 1).is_some_and(|word| is_number(word))
        })
    };
    let mut streets = (0..written.len()).filter(|at| is_street(written[*at]));
    streets.any(|at| match is_capital(written[at]) {
        true => has_number_near(at),
        false => SMALL_STREETS.contains(&&*text::folded(written[at])) && is_named(at),
    })
}

/// "info [at] harbour.example", as pages write it that hide it from programs.
fn has_spelled_at(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["[at]", "(at)"].iter().any(|at| {
        let host = lower.split_once(at).map(|(_, rest)| rest.trim_start());
        let host = host.and_then(|rest| rest.split_whitespace().next());
        host.is_some_and(|host| host.trim_end_matches('.').contains(['.', '(', '[']))
    })
}

/// One in quotation marks is data of an example.
fn is_email(word: &str) -> bool {
    let is_quoted = word.contains(['"', '\'', '`']);
    !is_quoted
        && word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        text::words(text).collect()
    }

    #[test]
    fn what_was_asked_is_not_what_is_asked_for() {
        let has = |question: &str, sentence: &str| {
            let asked = plain(question);
            states(sentence, wanted(&asked).expect("it wants a fact"), &asked)
        };
        assert!(has("When is the pool open on Fridays?", "Fridays: 7:00 to 21:00"));
        assert!(!has("When is the pool open on Fridays?", "On Fridays the sauna is closed."));
        assert!(has("When does the course begin?", "It begins in March."));
        assert!(has("Wann beginnt der Kurs?", "Er beginnt Anfang März."));
        assert!(has("¿Cuándo es la fiesta?", "El martes."));
        assert!(has("How many sheets are in 1 box?", "A box holds twelve reams."));
        assert!(!has("How many sheets are in 1 box?", "Keep the 1 box dry."));
    }

    #[test]
    fn a_question_says_what_it_wants() {
        for (question, fact) in [
            ("how much is a day ticket?", Some(Fact::Price)),
            ("how much space do I get?", Some(Fact::Number)),
            ("Was kostet die Reinigung?", Some(Fact::Price)),
            ("¿Cuánto cuesta?", Some(Fact::Price)),
            ("what will that set me back", Some(Fact::Price)),
            ("what time do you close on a Thursday", Some(Fact::Hours)),
            ("wann habt ihr offen", Some(Fact::Hours)),
            ("Wann habt ihr zu?", Some(Fact::Hours)),
            ("Wann fährt der Bus zu euch?", Some(Fact::Time)),
            ("are you open on Sunday?", Some(Fact::Hours)),
            ("How do I close my account?", None),
            ("whats the address", Some(Fact::Address)),
            ("how old do I have to be?", Some(Fact::Age)),
            ("how long does it take?", Some(Fact::Duration)),
            ("combien de temps dure la visite", Some(Fact::Duration)),
            ("your phone number?", Some(Fact::Phone)),
            ("Do you sell shoes?", None),
        ] {
            assert_eq!(wanted(&plain(question)), fact, "{question}");
        }
    }

    #[test]
    fn a_text_states_a_fact_or_not() {
        for (text, fact, is) in [
            ("A city bike is €16 a day.", Fact::Price, true),
            ("Es kostet 12 Euro.", Fact::Price, true),
            ("Parking is free.", Fact::Price, true),
            ("Le menu est à 18,50 €.", Fact::Price, true),
            ("A roll is 12,- €, a cake US$ .50 more.", Fact::Price, true),
            ("Zone 2, price in €/month: 20", Fact::Price, true),
            ("Tickets: 50 US$, 40 CA$", Fact::Price, true),
            ("Send it to \"$BASE/v1/chat\" within 20 seconds.", Fact::Price, false),
            ("Set ${LIMIT} to 20.", Fact::Price, false),
            ("It is covered for three years or 600 cycles.", Fact::Price, false),
            ("Mon to Fri 9:30–18:30", Fact::Hours, true),
            ("samedi de 8h30 à 12h", Fact::Hours, true),
            ("We stay shut on Sundays.", Fact::Hours, false),
            ("Version 1.20 is out.", Fact::Hours, false),
            ("You find us at 14 Canal Row in Galway.", Fact::Address, true),
            ("Uferstraße 23, 35037 Marburg", Fact::Address, true),
            ("12 rue des Lilas", Fact::Address, true),
            ("Estamos en la calle Luna, 18.", Fact::Address, true),
            ("Está a 3 minutos de la calle Mayor.", Fact::Address, false),
            ("Deux rues plus loin, 12 places.", Fact::Address, false),
            ("Support is there 24/7 via WhatsApp.", Fact::Address, false),
            ("info [at] harbour.example", Fact::Email, true),
            ("Look [at] this. Fine", Fact::Email, false),
            ("12 Rue des Lilas", Fact::Address, true),
            ("We deliver to any address within 25 km.", Fact::Address, false),
            ("Call 06421 555 0199.", Fact::Phone, true),
            ("Since 1998 we have 12 rooms.", Fact::Phone, false),
            ("Write to info@harbour.example.", Fact::Email, true),
            ("-d '{\"email\": \"john@harbour.example\"}'", Fact::Email, false),
            ("Write to hello@example.com.", Fact::Email, true),
            ("You must be 18 or over.", Fact::Age, true),
            ("Kinder ab 6 Jahren", Fact::Age, true),
            ("It takes three working days.", Fact::Duration, true),
            ("It takes three of us.", Fact::Duration, false),
        ] {
            assert_eq!(states(text, fact, &[]), is, "{text}");
        }
    }
}
