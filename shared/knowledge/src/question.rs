//! A question as terms of an index.
//!
//! Each word is looked up by its stem in every language that the index has, by its letters, and
//! without accents; together with the next (`wi fi` for `wifi`) and cut between letters and digits
//! (`XK200` for `XK 200`). A word that no entry has and that is no word of English either is taken
//! for a slip of the most likely one that is there.

use std::collections::HashMap;

use crate::{
    asks::{self, Asks},
    concepts,
    index::{Index, TermKind},
    semantic::static_embedding,
    text::{self, Language},
};

/// Words of a question that are looked for; the rest of a longer one is left out.
const MAX_WORDS: usize = 128;
/// What the impact of a corrected word counts for, one edit away and two.
const CORRECTED: [f32; 2] = [0.8, 0.6];
/// What the impact of two words counts for that entries write as one.
const JOINED: f32 = 0.7;
/// What the impact of another word for the same thing counts for, where no entry has the word.
const ANOTHER_WORD: f32 = 0.7;
/// The same where entries have the word itself.
const ANOTHER_TOO: f32 = 0.25;
/// What a word that says something only together with another is worth, beside an unknown word.
const PHRASE: f32 = 0.6;
/// Other words for one that are looked for.
const MAX_OTHERS: usize = 8;
/// A corrected word of this many letters or fewer may well be another one.
const SHORT: usize = 5;

/// Entries that are queried to learn how much alike all are, and the words of each.
const SAMPLE: usize = 64;
const OWN_WORDS: usize = 12;

/// What a question for a place is about that names nothing.
const PLACE: &str = "address";

/// The share of entries that have what they are all about.
const EVERYWHERE: f32 = 0.8;

/// No word of the question.
pub(crate) const NONE: u16 = u16::MAX;

/// Words after "how" that ask for a measure and are no subject: "how long is the warranty?"
const MEASURES: &str = "long late early fast quickly soon often far big large small high deep heavy old \
    much many tall wide thick expensive lange viel viele oft weit gross schnell hoch schwer teuer";
const HOW: [&str; 2] = ["how", "wie"];

/// A term that a word of the question is looked up by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AskedTerm {
    pub term: u32,
    /// The word, by its place.
    pub word: u16,
    /// Another word that it is of, or [`NONE`].
    pub also: u16,
    /// What its impact counts for, from 0 to 1.
    pub quality: f32,
}

/// A word of the question.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct AskedWord {
    /// As it is compared.
    pub plain: String,
    /// With its tones, where two words differ by them alone.
    toned: Option<String>,
    /// What it is worth.
    pub weight: f32,
    /// How often it is queried.
    pub times: f32,
    /// Whether it says nothing of what the question is about.
    pub is_function: bool,
    /// Whether an entry has it, corrected or not.
    pub is_known: bool,
    /// The words of the index that are written exactly like it.
    pub exact: Option<u32>,
    /// What it was taken for.
    pub corrected: Option<String>,
    /// Whether it says something only together with another word.
    pub is_in_phrase: bool,
    /// The concept that it names, alone or with another word.
    pub concept: Option<u16>,
}

/// A question, as terms of an index.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// Each different word once.
    pub words: Vec<AskedWord>,
    /// All terms of all words, each once.
    pub terms: Vec<AskedTerm>,
    /// Places in `words`, in order.
    pub order: Vec<u16>,
    /// What a word is worth that no entry has.
    pub max_weight: f32,
    /// The language that it is in.
    pub language: Language,
    /// Whether it is in Vietnamese and has its tones.
    is_toned: bool,
}

impl Asked {
    /// What all words are worth together, each as often as it is queried.
    pub fn total_weight(&self) -> f32 {
        self.words.iter().map(|word| word.weight * word.times).sum()
    }

    /// What the word at `place` is worth.
    pub fn weight(&self, place: u16) -> f32 {
        self.words.get(usize::from(place)).map_or(0.0, |word| word.weight)
    }

    /// How many words that say something no entry has.
    pub fn unknown(&self) -> usize {
        self.words.iter().filter(|word| !word.is_known && !word.is_function).count()
    }

    /// The corrections that were made: what was asked, and what it was taken for.
    pub fn corrections(&self) -> Vec<(String, String)> {
        let of = |word: &AskedWord| Some((word.plain.clone(), word.corrected.clone()?));
        self.words.iter().filter_map(of).collect()
    }

    /// Looks the word at `place` up by `term` too.
    pub(crate) fn add_term(&mut self, term: u32, place: u16, quality: f32) {
        match self.terms.iter_mut().find(|known| known.term == term) {
            Some(known) if known.word != place && known.also == NONE => known.also = place,
            Some(_) => {}
            None => self.terms.push(AskedTerm { term, word: place, also: NONE, quality }),
        }
    }

    /// The place of the word `plain`, which is queried once more.
    fn place(&mut self, plain: &str, toned: Option<&str>) -> (u16, bool) {
        let is = |word: &AskedWord| word.plain == plain && word.toned.as_deref() == toned;
        let known = self.words.iter().position(is);
        let at = known.unwrap_or_else(|| {
            let (plain, toned) = (plain.to_owned(), toned.map(str::to_owned));
            self.words.push(AskedWord { plain, toned, ..AskedWord::default() });
            self.words.len() - 1
        });
        self.words[at].times += 1.0;
        let at = u16::try_from(at).unwrap_or(NONE);
        self.order.push(at);
        (at, known.is_none())
    }
}

/// "Where are you?" has no word that says what it is about: an address. Nor has "Where is Mill Bakery?" where
/// every entry has that name above it.
fn imply_place(asked: &mut Asked, plain: &[String], is_everywhere: impl Fn(u32) -> bool) {
    let is_name = |at: usize| {
        let own = asked.terms.iter().filter(|term| usize::from(term.word) == at);
        own.map(|term| term.term).any(&is_everywhere)
    };
    let is_bare = asked.words.iter().enumerate().all(|(at, word)| word.is_function || is_name(at));
    if !is_bare || asks::asks(plain) != Some(Asks::Where) {
        return;
    }
    let weight = asked.max_weight;
    let (place, _) = asked.place(PLACE, None);
    if let Some(word) = asked.words.get_mut(usize::from(place)) {
        word.weight = weight;
        word.concept = concepts::of(PLACE);
    }
}

/// Two clusters that no entry has beside each other, between two that it has, are the end of one word and
/// the beginning of the next, and say nothing.
fn leave_out_borders(asked: &mut Asked) {
    // A pair of clusters is in front of its second one.
    let places: Vec<usize> = asked.order.iter().map(|place| usize::from(*place)).collect();
    let is_pair = |place: usize| {
        let plain = asked.words.get(place).map_or("", |word| word.plain.as_str());
        text::is_unspaced(plain) && !text::is_cluster(plain)
    };
    let is_known = |place: usize| asked.words.get(place).is_some_and(|word| word.is_known);
    let is_border = |at: &usize| {
        let beside = [at.checked_sub(2), at.checked_add(2)];
        let beside = beside.map(|at| at.and_then(|at| places.get(at)).copied());
        let known =
            |place: Option<usize>| place.is_some_and(|place| is_pair(place) && is_known(place));
        let place = places[*at];
        is_pair(place) && !is_known(place) && beside.into_iter().all(known)
    };
    let borders: Vec<usize> = (0..places.len()).filter(is_border).map(|at| places[at]).collect();
    for place in borders {
        if let Some(word) = asked.words.get_mut(place) {
            (word.weight, word.is_function) = (0.0, true);
        }
    }
}

impl Index {
    /// What `question` asks for.
    pub(crate) fn asked(&self, question: &str) -> Asked {
        let spans: Vec<(usize, &str)> = text::spans(question).take(MAX_WORDS).collect();
        let plain: Vec<String> = spans.iter().map(|(_, written)| text::folded(written)).collect();
        let mut both = spans.iter().zip(&plain);
        let language = match spans.len() < MAX_WORDS {
            true => {
                text::detect_words(both.clone().map(|((_, word), plain)| (*word, plain.as_str())))
            }
            false => text::detect(question),
        };
        let mut asked = Asked { max_weight: self.unknown(), language, ..Asked::default() };
        asked.is_toned = language == Language::Vietnamese
            && both.any(|((_, written), plain)| text::lower(written) != *plain);
        for (at, (begin, written)) in spans.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| (before, &spans[before]));
            let measures = before.is_some_and(|(before, _)| {
                HOW.contains(&plain[before].as_str())
                    && MEASURES.split_whitespace().any(|word| word == plain[at])
            });
            if let Some((before, (start, first))) = before {
                let between = question.get(start + first.len()..*begin).unwrap_or("?");
                self.ask_joined(&mut asked, [&plain[before], &plain[at]], between);
            }
            self.ask_word(&mut asked, written, &plain[at], measures);
        }
        self.ask_forms(&mut asked);
        self.name_concepts(&mut asked, &plain);
        imply_place(&mut asked, &plain, |term| self.is_everywhere(term));
        self.say_otherwise(&mut asked);
        self.correct(&mut asked);
        for place in asked.terms.iter().flat_map(|term| [term.word, term.also]) {
            if let Some(word) = asked.words.get_mut(usize::from(place)) {
                word.is_known = true;
            }
        }
        leave_out_borders(&mut asked);
        asked
    }

    /// Whether nearly all entries have `term`, as they have the name of what they are all about.
    pub(crate) fn is_everywhere(&self, term: u32) -> bool {
        self.postings(term).len() as f32 >= (EVERYWHERE * self.len() as f32).max(2.0)
    }

    /// Asks for two neighbours as one word, if that is there.
    fn ask_joined(&self, asked: &mut Asked, two: [&str; 2], between: &str) {
        let unspaced = between.is_empty() && two.iter().all(|word| text::is_unspaced(word));
        let hyphen = between == "-";
        let apart = between == " " && two.iter().all(|word| word.len() > 1 || is_number(word));
        if !(unspaced || hyphen || apart) {
            return;
        }
        let joined = two.concat();
        let known: Vec<u32> = self.vocabulary.written(&joined, &joined).collect();
        if known.is_empty() && !unspaced {
            return;
        }
        let is_new = asked.words.iter().all(|word| word.plain != joined);
        // Beside its parts, or as a pair of clusters, a word of its own.
        if unspaced {
            let (place, _) = asked.place(&joined, None);
            if is_new {
                let function = text::is_function_word(&joined, asked.language);
                let terms: Vec<u32> = known.iter().map(|word| self.term_of(*word)).collect();
                self.add_terms(asked, place, &terms, 1.0, function);
            }
        } else if is_new {
            // What is written together there is each of both here.
            let mut places: Vec<u16> = asked.order.last().copied().into_iter().collect();
            let next = u16::try_from(asked.words.len()).unwrap_or(NONE);
            places.push(
                asked
                    .words
                    .iter()
                    .position(|w| w.plain == two[1])
                    .map_or(next, |at| u16::try_from(at).unwrap_or(NONE)),
            );
            for (word, place) in
                known.iter().flat_map(|word| places.iter().map(move |p| (*word, *p)))
            {
                asked.add_term(self.term_of(word), place, JOINED);
            }
        }
    }

    fn ask_word(&self, asked: &mut Asked, written: &str, plain: &str, measures: bool) {
        let lower = text::lower(written);
        let (place, is_new) = asked.place(plain, asked.is_toned.then_some(lower.as_str()));
        if !is_new {
            return;
        }
        let mut terms: Vec<u32> = Vec::new();
        let exact = self.vocabulary.spelled(&lower).next();
        // Where all is in one language, the term of a word that is there is known.
        let is_stemmed = exact.is_some() && self.stems.len() == 1 && lower.is_ascii();
        let stems = self.stems.iter().filter(|_| !is_stemmed);
        let stems = stems.filter_map(|stems| self.vocabulary.term(&stems.term(written)));
        let spelled = self.vocabulary.spelled(&lower).map(|word| self.term_of(word));
        let add = |terms: &mut Vec<u32>, term: u32| {
            if !terms.contains(&term) && !self.postings(term).is_empty() {
                terms.push(term);
            }
        };
        stems.chain(spelled).for_each(|term| add(&mut terms, term));
        if !asked.is_toned || terms.is_empty() {
            let written = self.vocabulary.written(&lower, plain).map(|word| self.term_of(word));
            written.for_each(|term| add(&mut terms, term));
        }
        if terms.is_empty() {
            self.split_code(plain, &mut terms);
        }
        let function = measures
            || match asked.is_toned {
                true => text::is_toned_function_word(&lower),
                false => {
                    self.stems.iter().any(|s| text::is_function_word(plain, s.language()))
                        || text::is_function_word(plain, asked.language)
                }
            };
        self.add_terms(asked, place, &terms, 1.0, function);
        if let Some(word) = asked.words.get_mut(usize::from(place)) {
            word.exact = exact;
        }
    }

    /// The letters and digits of a code that entries have apart.
    fn split_code(&self, plain: &str, terms: &mut Vec<u32>) {
        let edge = plain.bytes().zip(plain.bytes().skip(1)).position(|(a, b)| {
            a.is_ascii_alphabetic() && b.is_ascii_digit()
                || a.is_ascii_digit() && b.is_ascii_alphabetic()
        });
        let Some((front, back)) = edge.and_then(|edge| plain.split_at_checked(edge + 1)) else {
            return;
        };
        let found = [front, back].map(|part| self.vocabulary.written(part, part).next());
        if let [Some(front), Some(back)] = found {
            terms.extend([self.term_of(front), self.term_of(back)]);
        }
    }

    fn add_terms(
        &self,
        asked: &mut Asked,
        place: u16,
        terms: &[u32],
        quality: f32,
        function: bool,
    ) {
        let kind =
            |term: u32| self.vocabulary.kinds.get(term as usize).copied().unwrap_or_default();
        let weight = |term: u32| self.weights.get(term as usize).copied().unwrap_or_default();
        terms.iter().for_each(|term| asked.add_term(*term, place, quality));
        let most = terms.iter().map(|term| weight(*term)).fold(0.0, f32::max);
        let max_weight = asked.max_weight;
        let Some(word) = asked.words.get_mut(usize::from(place)) else { return };
        let content = terms.iter().any(|term| kind(*term) == TermKind::Content);
        word.is_function =
            function || (!terms.is_empty() && !content) || text::is_cluster(&word.plain);
        word.is_known = !terms.is_empty();
        word.weight = match (word.is_known, word.is_function) {
            (true, _) => most,
            (false, true) => 0.0,
            (false, false) => max_weight,
        };
    }

    /// Says which concepts words name, alone and together.
    fn name_concepts(&self, asked: &mut Asked, plain: &[String]) {
        for word in &mut asked.words {
            word.concept = concepts::of(&word.plain);
        }
        let max_weight = asked.max_weight;
        for (first, second, concept) in concepts::phrases(plain) {
            let named = [(&plain[first], true), (&plain[second], false)];
            for (plain, says_it) in named {
                let Some(word) = asked.words.iter_mut().find(|word| word.plain == *plain) else {
                    continue;
                };
                word.concept = Some(concept);
                if says_it {
                    word.is_function = false;
                    word.is_in_phrase = true;
                    word.weight = word.weight.max(PHRASE * max_weight);
                }
            }
        }
    }

    /// Looks for other words for the same thing, above all where no entry has a word.
    fn say_otherwise(&self, asked: &mut Asked) {
        for at in 0..asked.words.len() {
            let word = &asked.words[at];
            let Some(others) = word.concept.and_then(|c| self.by_concept(c)) else { continue };
            let place = u16::try_from(at).unwrap_or(NONE);
            match (word.is_known && !word.is_in_phrase, word.is_function) {
                (_, true) => {}
                (false, false) => self.add_terms(asked, place, others, ANOTHER_WORD, false),
                (true, false) => {
                    others.iter().for_each(|term| asked.add_term(*term, place, ANOTHER_TOO));
                }
            }
        }
    }

    /// The terms of the index that name a concept, the most frequent first.
    fn by_concept(&self, concept: u16) -> Option<&[u32]> {
        let all = self.concepts.get_or_init(|| {
            let mut all: HashMap<u16, Vec<u32>> = HashMap::new();
            let mut words: Vec<_> = self.vocabulary.words.iter().collect();
            words.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.lower.cmp(&b.lower)));
            for word in words {
                if let Some(concept) = concepts::of(word.plain()) {
                    let terms = all.entry(concept).or_default();
                    if terms.len() < MAX_OTHERS && !terms.contains(&word.term) {
                        terms.push(word.term);
                    }
                }
            }
            all
        });
        all.get(&concept).map(Vec::as_slice)
    }

    /// Takes words that no entry has for those they are most likely slips of.
    fn correct(&self, asked: &mut Asked) {
        let unknown = asked.words.iter().enumerate().filter(|(at, word)| {
            !word.is_known
                && !word.is_function
                && asked.terms.iter().all(|t| ![t.word, t.also].map(usize::from).contains(at))
        });
        let unknown: Vec<usize> = unknown.map(|(at, _)| at).collect();
        for at in unknown {
            let plain = asked.words[at].plain.clone();
            if static_embedding::knows(&plain) {
                continue;
            }
            let Some((found, edits)) = self.vocabulary.correction(&plain) else { continue };
            let term = self.term_of(found);
            let place = u16::try_from(at).unwrap_or(NONE);
            let quality = CORRECTED[edits.saturating_sub(1).min(1)];
            let short = if plain.chars().count() <= SHORT { 0.75 } else { 1.0 };
            self.add_terms(asked, place, &[term], quality * short, false);
            let taken =
                self.vocabulary.words.get(found as usize).map(|word| word.plain().to_owned());
            asked.words[at].corrected = taken;
        }
    }

    /// An entry's own first words, as if a visitor queried it.
    fn asked_for(&self, entry: u32) -> Asked {
        let mut asked = Asked { max_weight: self.unknown(), ..Asked::default() };
        self.each_word(entry, |word, _| {
            if asked.order.len() >= OWN_WORDS {
                return;
            }
            let term = self.term_of(word);
            match asked.terms.iter().find(|known| known.term == term) {
                Some(known) => {
                    asked.words[usize::from(known.word)].times += 1.0;
                    asked.order.push(known.word);
                }
                None => {
                    let place = u16::try_from(asked.words.len()).unwrap_or(NONE);
                    asked.words.push(AskedWord { times: 1.0, ..AskedWord::default() });
                    asked.order.push(place);
                    self.add_terms(&mut asked, place, &[term], 1.0, false);
                }
            }
        });
        asked
    }

    /// How much of one entry's words others have on average: see [`crate::evidence::Evidence`].
    pub(crate) fn measure_overlap(&self) -> f32 {
        let mut entries: Vec<(u32, u32)> = self.keys.iter().copied().zip(0..).collect();
        // By their keys, since the order that they came in is chance.
        if entries.len() > SAMPLE {
            entries.select_nth_unstable(SAMPLE);
            entries.truncate(SAMPLE);
        }
        let count = entries.len().max(1) as f32;
        let overlaps = entries.into_iter().map(|(_, entry)| {
            let asked = self.asked_for(entry);
            self.rank_words(&asked, Some(entry)).covered_by_many
        });
        overlaps.sum::<f32>() / count
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}
