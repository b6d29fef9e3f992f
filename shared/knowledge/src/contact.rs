//! Questions for how a business is found: where it is, its telephone number, its e-mail address, its hours.
//! "Where are you?" has no word of the section that says it, so that this is found by what sections state.

use std::{collections::HashSet, sync::LazyLock};

use crate::{
    asks::{self, Asks},
    concepts,
    facts::{self, Fact},
    index::{At, Index},
    question::Asked,
    quote::weekdays,
    search::Near,
    text,
};

/// Entries that are looked at for what they state.
const MAX_LOOKED_AT: usize = 2_000;
/// Sections that state a fact of one kind beyond which none of them is the business's own.
const MAX_STATING: usize = 6;
/// How sure it is at least that a section answers which states what is wanted.
pub(crate) const STATED: f32 = 0.75;
/// How sure it is of a pair that states it, to be left first.
const SURE: f32 = 0.5;

/// Words that say nothing more of a question for a place or a contact: what a business may call itself, and
/// what is asked of it.
static GENERAL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "shop store office studio practice clinic surgery restaurant cafe bar hotel company business firm branch premises \
    showroom salon gym school museum place location located based situated headquarters find reach reached contact \
    touch number exact exactly precisely please tell give ur wat wot pls plz \
    seid etes siete estais sois estan zijn zitten jullie вы \
    laden geschaft buro praxis firma standort filiale sitz befinden befindet liegt liegen finden finde erreichen \
    erreicht erreiche erreichbar kontakt kontaktieren nummer genau bitte hotel lautet lauten nennen \
    magasin bureau boutique cabinet atelier entreprise situe situee situes trouve trouver trouvez joindre contacter \
    contact numero exactement plait donner donnez \
    tienda oficina taller estudio clinica escuela academia empresa encuentra encuentran encontrar ubicado ubicada \
    ubicados situado situados contactar contacto favor \
    negozio ufficio sede azienda trova trovate trovo trovare contattare contatto numero \
    loja escritorio fica ficam encontro encontrar contactar contato \
    winkel kantoor zaak gevestigd vinden vind bereiken bereikbaar nummer luidt geef \
    магазин офис находитесь находится найти номер связаться magaza ofis dukkan numara ulas ulasabilirim"
        .split_whitespace()
        .collect()
});
/// Words for finding the way to a business.
static FINDING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "find finden finde trouver trouve encontrar encuentro trovare trovo encontro vinden vind найти"
        .split_whitespace()
        .collect()
});
/// Words of questions about a number or an address of the visitor's own.
const OF_ONES_OWN: &[&str] = &[
    "need", "get", "got", "want", "have", "must", "should", "brauche", "muss", "soll", "faut",
    "dois", "besoin", "necesito", "debo", "devo", "serve", "moet", "nodig",
];
/// Words for the business that is asked.
const YOU: &[&str] = &[
    "you", "your", "yours", "u", "ur", "ihr", "euch", "eure", "euer", "sie", "ihre", "ihnen",
    "vous", "votre", "vos", "te", "tu", "su", "sus", "vuestro", "ustedes", "usted", "voi",
    "vostro", "vostra", "jullie", "uw", "je", "jouw",
];
/// Words for writing or talking to a business.
static REACHING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "reach reached contact touch erreichen erreiche erreicht erreichbar kontakt kontaktieren joindre contacter contactar \
    contacto contattare contato bereiken bereikbaar связаться ulas ulasabilirim"
        .split_whitespace()
        .collect()
});
/// Times that belong to opening hours.
static DAYTIMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "time times hour hours today tomorrow weekend weekends day days morning evening late early until uhr heute morgen \
    wochenende abends tag tage aujourd hui demain heure heures jour jours week-end hoy manana hora horas dia dias oggi \
    domani ora ore giorno giorni hoje amanha vandaag morgen uur dag dagen сегодня завтра час часов bugun yarin saat"
        .split_whitespace()
        .collect()
});

/// What a visitor wants of a business itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contact {
    Address,
    Phone,
    Email,
    /// By telephone or by mail.
    Either,
    Hours,
}

impl Contact {
    /// The fact that a sentence has to state.
    fn fact(self) -> Fact {
        match self {
            Self::Address => Fact::Address,
            Self::Phone => Fact::Phone,
            Self::Email | Self::Either => Fact::Email,
            Self::Hours => Fact::Hours,
        }
    }
}

/// What a question for the business itself finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contacting {
    /// The passage that states what is wanted, and the fact that this is.
    Stated(u32, Fact),
    /// Nothing states it, and what is there of its words is about something else.
    Unstated,
}

/// Sections by what they state, by their keys.
#[derive(Default)]
pub(crate) struct Contacts {
    address: Vec<u32>,
    phone: Vec<u32>,
    email: Vec<u32>,
    hours: Vec<u32>,
}

impl Contacts {
    fn of(&self, contact: Contact) -> Vec<u32> {
        match contact {
            Contact::Address => self.address.clone(),
            Contact::Phone => self.phone.clone(),
            Contact::Email => self.email.clone(),
            Contact::Hours => self.hours.clone(),
            Contact::Either => {
                let both = self.phone.iter().filter(|entry| self.email.contains(entry));
                let both: Vec<u32> = both.copied().collect();
                if both.is_empty() { [&*self.phone, &*self.email].concat() } else { both }
            }
        }
    }
}

/// What the plain `words` of a question want, if they are about nothing else. `is_name` says what the
/// business is called.
fn wanted(words: &[String], is_name: impl Fn(&str) -> bool) -> Option<Contact> {
    let content = || words.iter().filter(|word| !text::is_function_word_anywhere(word));
    let is = |word: &str, concept: &str| {
        let named = concepts::of(word);
        named.is_some() && named == concepts::of(concept)
    };
    let names = |concept: &str| words.iter().any(|word| is(word, concept));
    let has = |set: &HashSet<&str>| words.iter().any(|word| set.contains(word.as_str()));
    let is_general = |word: &str| GENERAL.contains(word) || is_name(word);
    let only =
        |is_too: &dyn Fn(&str) -> bool| content().all(|word| is_general(word) || is_too(word));
    let asked = asks::asks(words);
    let is_open = |word: &str| facts::is_open_or_closed(word);
    let is_time = |word: &str| weekdays::is_day(word) || DAYTIMES.contains(word);
    if words.iter().any(|word| is_open(word)) && only(&|word| is_open(word) || is_time(word)) {
        let is_when = asked == Some(Asks::When) || words.iter().any(|word| is_time(word));
        return (is_when || words.len() <= 3).then_some(Contact::Hours);
    }
    // "Do I need a phone number?" is about the visitor's own.
    let has_any = |some: &[&str]| words.iter().any(|word| some.contains(&word.as_str()));
    if has_any(OF_ONES_OWN) && !has_any(YOU) {
        return None;
    }
    for (concept, contact) in [("email", Contact::Email), ("phone", Contact::Phone)] {
        let is_too = |word: &str| is(word, concept) || is(word, "address");
        if names(concept) && only(&is_too) {
            return Some(contact);
        }
    }
    if names("address") && only(&|word| is(word, "address")) {
        return Some(Contact::Address);
    }
    match only(&|_| false) {
        true if asked == Some(Asks::Where) => Some(Contact::Address),
        true if has(&REACHING) => Some(Contact::Either),
        true if has(&FINDING) => Some(Contact::Address),
        _ => None,
    }
}

impl Index {
    /// What answers a question that is about how the business is found and nothing else, going by its plain
    /// `words`; `None` for other questions, and where a pair states it.
    pub(crate) fn contact(
        &self,
        words: &[String],
        asked: &Asked,
        near: &[Near<'_>],
    ) -> Option<Contacting> {
        let is_name = |word: &str| {
            let at = asked.words.iter().position(|one| one.plain == word);
            let own = asked.terms.iter().filter(|term| Some(usize::from(term.word)) == at);
            own.map(|term| term.term).any(|term| self.is_everywhere(term))
        };
        let language = asked.language;
        let contact = wanted(words, is_name)?;
        let pairs = near.iter().filter_map(|near| Some((near.confidence, near.pair?.0)));
        let stating = pairs.filter(|(_, pair)| states(&pair.pair.answer, contact));
        let by_pair = stating.map(|(confidence, _)| confidence).max_by(f32::total_cmp);
        if by_pair.is_some_and(|confidence| confidence >= SURE) {
            return None;
        }
        let mut all = self.contacts.get_or_init(|| self.find_contacts()).of(contact);
        if all.is_empty() {
            // A number and an address of mail are known wherever they are written; a place may be told in any
            // words, of which "Where are you?" has none.
            let has_subject = || words.iter().any(|word| !text::is_function_word_anywhere(word));
            let is_known = match contact {
                Contact::Phone | Contact::Email => true,
                Contact::Address => !has_subject(),
                Contact::Either | Contact::Hours => false,
            };
            let is_all = self.len() <= MAX_LOOKED_AT;
            return (is_known && is_all && by_pair.is_none()).then_some(Contacting::Unstated);
        }
        if all.iter().any(|entry| !self.is_foreign(*entry, language)) {
            all.retain(|entry| !self.is_foreign(*entry, language));
        }
        let confidence = |entry: u32| {
            let own = near.iter().filter(|near| near.entry == entry);
            own.map(|near| near.confidence).fold(0.0, f32::max)
        };
        let is_headed = |entry: u32| self.heading(entry).is_some_and(is_contact);
        if all.len() > MAX_STATING {
            all.retain(|entry| confidence(*entry) > 0.0 || is_headed(*entry));
        }
        // They are in an order that their words decide: of those alike the first, whenever it was read.
        let value = |entry: u32| confidence(entry) + f32::from(u8::from(is_headed(entry)));
        let best = all.into_iter().rev().max_by(|a, b| value(*a).total_cmp(&value(*b)))?;
        Some(Contacting::Stated(best, contact.fact()))
    }

    fn find_contacts(&self) -> Contacts {
        let mut found = Contacts::default();
        let is_passage =
            |entry: &u32| matches!(self.entries.get(*entry as usize), Some(At::Passage { .. }));
        let mut entries: Vec<u32> = (0u32..).take(self.len()).filter(is_passage).collect();
        entries.sort_unstable_by_key(|entry| self.keys.get(*entry as usize));
        for entry in entries.into_iter().take(MAX_LOOKED_AT) {
            let content = self.content(entry);
            for (contact, stating) in [
                (Contact::Address, &mut found.address),
                (Contact::Phone, &mut found.phone),
                (Contact::Email, &mut found.email),
                (Contact::Hours, &mut found.hours),
            ] {
                if states(&content, contact) {
                    stating.push(entry);
                }
            }
        }
        found
    }
}

/// Whether a heading or a question is for how the business is found, and for nothing else.
pub(crate) fn is_contact(heading: &str) -> bool {
    wanted(&text::words(heading).collect::<Vec<_>>(), |_| false).is_some()
}

fn states(said: &str, contact: Contact) -> bool {
    let states = |fact: Fact| facts::states(said, fact, &[]);
    match contact {
        Contact::Address => states(Fact::Address),
        Contact::Phone => states(Fact::Phone),
        Contact::Email => states(Fact::Email),
        Contact::Either => states(Fact::Phone) || states(Fact::Email),
        Contact::Hours => {
            let is_about = |word: &String| facts::is_open_or_closed(word);
            let has_day = text::words(said).any(|word| weekdays::is_day(&word));
            states(Fact::Hours) && has_day && text::words(said).any(|word| is_about(&word))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{
        SourceId,
        source::{Chunk, QaPair},
    };

    use super::*;
    use crate::{search::Match, segment::Segment};

    fn of(question: &str) -> Option<Contact> {
        wanted(&text::words(question).collect::<Vec<_>>(), |word| word == "quillford")
    }

    #[test]
    fn a_question_may_be_about_the_business_alone() {
        use Contact::{Address, Either, Email, Hours, Phone};
        for (question, contact) in [
            ("where are you?", Address),
            ("where is Quillford based", Address),
            ("Where can I find your office?", Address),
            ("how do I find you", Address),
            ("what's the address please", Address),
            ("wo seid ihr", Address),
            ("wo seid ihr genau", Address),
            ("Wo befindet sich die Praxis?", Address),
            ("in welcher Straße ist die Praxis", Address),
            ("où êtes-vous ?", Address),
            ("où se trouve le magasin", Address),
            ("¿dónde están?", Address),
            ("¿Dónde está la tienda?", Address),
            ("dove siete?", Address),
            ("waar zijn jullie gevestigd?", Address),
            ("phone number?", Phone),
            ("can i call you", Phone),
            ("Wie ist eure Telefonnummer?", Phone),
            ("Wie lautet die Telefonnummer?", Phone),
            ("Was ist die Telefonnummer", Phone),
            ("numéro de téléphone", Phone),
            ("whats your email", Email),
            ("what is your e-mail address", Email),
            ("how can I contact you", Either),
            ("Wie kann ich euch erreichen?", Either),
            ("opening hours", Hours),
            ("when are you open", Hours),
            ("are you open on Sundays?", Hours),
            ("wann habt ihr offen", Hours),
            ("Habt ihr samstags geöffnet?", Hours),
            ("horarios de apertura", Hours),
            ("vous êtes ouverts quand", Hours),
        ] {
            assert_eq!(of(question), Some(contact), "{question}");
        }
        for question in [
            "where can I park?",
            "where are my files stored",
            "how do I change my email address?",
            "Which phones do you repair?",
            "when does the pool open",
            "how do I open an account",
            "wo kann ich das abholen?",
            "how do I find my invoice",
            "who are you",
            "do I need a phone number?",
            "How do I get a phone number",
        ] {
            assert_eq!(of(question), None, "{question}");
        }
    }

    #[test]
    fn the_section_that_states_it_answers_whatever_its_words() {
        let chunk = |(heading, content): (&str, &str)| Chunk {
            id: String::new(),
            content: content.to_owned(),
            headings: vec![heading.to_owned()],
            url: Some("https://example.com/loom".into()),
            title: "Weaving".into(),
            tokens: 1,
            ..Chunk::default()
        };
        let chunks: Vec<Chunk> = [
            ("Looms", "Our looms are oiled on Mondays. The office has a small loom to try."),
            ("By post", "You order yarn by email and we send it within two days."),
            (
                "Come by",
                "Ring twice at 9 Tanner Street, the blue door. Write to yarn@example.com before.",
            ),
        ]
        .map(chunk)
        .into();
        let segment = || (SourceId::new(), Arc::new(Segment::build(&chunks)));
        let index = Index::new([segment()], []);
        let said = |index: &Index, question: &str| {
            let found = index.find(question, 3);
            let text = match found.best {
                Match::Passages(passages) => passages[0].quote.clone(),
                Match::Pair(pair, _) => pair.answer,
                Match::Nothing => String::new(),
            };
            (text, found.confidence >= 0.5)
        };
        for question in ["where is your office?", "where are you", "wo seid ihr"] {
            let (text, is_sure) = said(&index, question);
            assert!(text.contains("9 Tanner Street") && is_sure, "{question}: {text}");
        }
        let (text, is_sure) = said(&index, "whats your email");
        assert!(text.contains("yarn@example.com") && is_sure, "{text}");
        assert!(!said(&index, "what is your phone number?").1, "none is stated");
        let nothing_states = [
            (
                "Phone numbers",
                "Weavers write phone numbers into the hem. A phone number has nine threads.",
            ),
            ("Where you are", "You are where your loom is."),
        ];
        let of: Vec<Chunk> = nothing_states.map(chunk).into();
        let elsewhere = Index::new([(SourceId::new(), Arc::new(Segment::build(&of)))], []);
        for question in ["what is your phone number?", "can I call you"] {
            let found = elsewhere.find(question, 3);
            assert!(found.confidence < 0.5, "{question}: {found:?}");
        }
        let found = elsewhere.find("where are you?", 3);
        assert!(found.confidence < 0.5, "{found:?}");
        assert!(elsewhere.find("which phone numbers do weavers write?", 3).confidence > 0.5);
        let pair = QaPair {
            question: "What is your email address?".into(),
            alternatives: Vec::new(),
            answer: "Write to help@example.com.".into(),
        };
        let index = Index::new([segment()], [(SourceId::new(), pair)]);
        assert!(said(&index, "whats your email").0.contains("help@"), "a pair is first");
    }
}
