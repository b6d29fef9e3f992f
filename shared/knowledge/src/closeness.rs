//! How close a passage is to what is asked, word by word: a word of the question counts for as much
//! as the passage's nearest word says the same ("allowed" beside "welcome"), and the heading above a
//! passage is compared as if it were the question that the passage answers.

use std::cell::OnceCell;

use crate::{
    asks::Opposites,
    concepts,
    facts::{self, Fact},
    index::Index,
    question::{Asked, AskedWord},
    semantic::{
        Vector,
        static_embedding::{self, Row, Sum},
    },
    text::{self, Language},
    worth::worth,
};

/// Words of a passage that are looked at.
const MAX_WORDS: u32 = 400;
/// The cosine of two words' rows from which on they have something in common, and from which on they
/// say the same.
const SYNONYMS: (f32, f32) = (0.22, 0.72);
/// What another word for the same thing counts for.
const SAME_CONCEPT: f32 = 0.85;
/// Letters that two words begin with alike, at least, and their share of the longer one.
const FRONT: (usize, f32) = (4, 0.65);

/// Letters that a word has at least which another is made with, and its share of that one.
const PART_OF_COMPOUND: (usize, f32) = (4, 0.45);

/// What words of a question say of themselves at most, beyond which it is clear enough.
const MOST_SAID: f32 = 2.5;

/// Words that are one place of a text; what a likeness of words says at least; what a heading's word
/// counts for there.
const PLACE: u32 = 24;
const SOME: f32 = 0.3;
const ABOVE: f32 = 0.9;

/// How close a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Closeness {
    /// The share of the content words' weight that the passage has, words that say nearly the same
    /// in part.
    pub covered: f32,
    /// How much it has of the word that it has least of.
    pub least: f32,
    /// The weight that the question and the heading share, over that of both.
    pub heading_shared: f32,
    /// The share of the question's weight that the heading has.
    pub heading_covered: f32,
    /// The cosine of the question and the heading; 0 where the static table does not know the
    /// language.
    pub heading_cosine: f32,
    /// The cosine of the nearest part of the passage.
    pub part_cosine: f32,
    /// `covered` of what is said in one place, with what the headings say.
    pub focus: f32,
    /// `covered`, each word weighed by how much it says of itself in any text, where "buy" says less
    /// than "tent".
    pub told: f32,
    /// What is missed most: the worth of a word of itself, as far as the passage has nothing like it.
    pub missed: f32,
    /// The share of what words are worth of themselves in those that no entry has.
    pub unknown: f32,
    /// 1 if the passage states a fact of the kind that is wanted, such as a price; 0 if it does not;
    /// 0.5 if none is wanted.
    pub kind: f32,
    /// What the words of the question say of themselves together, up to [`MOST_SAID`].
    pub says: f32,
}

/// A word of the question, ready to be compared.
struct Wanted {
    plain: String,
    opposites: Opposites,
    weight: f32,
    /// What it says of itself, whatever the entries.
    worth: f32,
    is_known: bool,
    terms: Vec<u32>,
    concept: Option<u16>,
    vector: Option<Vector>,
}

/// What is asked, ready to be compared with passages.
pub(crate) struct Comparing {
    words: Vec<Wanted>,
    vector: Option<Vector>,
    wanted: Option<Fact>,
    /// All words, in plain form, corrected.
    pub plain: Vec<String>,
}

impl Comparing {
    /// That of what `index` is `asked`.
    pub fn new(index: &Index, asked: &Asked) -> Self {
        let is_known =
            |words: &[AskedWord]| words.iter().any(|w| static_embedding::knows(&w.plain));
        // Who says no more than a word or two may well speak English.
        let spoken = match asked.language {
            Language::Other => is_known(&asked.words).then_some(Language::English),
            language => Some(language),
        };
        let reads = static_embedding::reads(asked.language);
        let languages = index.languages_of(asked.language);
        let embed = |word: &str| {
            static_embedding::of_words(std::iter::once(word), &languages).filter(|_| reads)
        };
        let content =
            asked.words.iter().enumerate().filter(|(_, word)| {
                !word.is_function && !word.plain.is_empty() && word.weight > 0.0
            });
        let words: Vec<Wanted> = content
            .map(|(at, word)| {
                let plain = word.corrected.clone().unwrap_or_else(|| word.plain.clone());
                let of = |place: u16| usize::from(place) == at;
                let terms = asked.terms.iter().filter(|t| of(t.word) || of(t.also));
                let terms = terms.map(|term| term.term).collect();
                let worth = worth(&plain, spoken);
                Wanted {
                    worth,
                    is_known: word.is_known,
                    vector: embed(&plain),
                    concept: word.concept.or_else(|| concepts::of(&plain)),
                    opposites: Opposites::of(&plain),
                    plain,
                    weight: word.weight * worth,
                    terms,
                }
            })
            .collect();
        let all = asked.words.iter().map(|w| w.corrected.as_deref().unwrap_or(&w.plain));
        let vector = static_embedding::of_words(all, &languages).filter(|_| reads);
        let plain: Vec<String> = asked
            .order
            .iter()
            .filter_map(|place| asked.words.get(usize::from(*place)))
            .map(|word| word.corrected.as_ref().unwrap_or(&word.plain).clone())
            .collect();
        Self { words, vector, wanted: facts::wanted(&plain), plain }
    }

    /// How close the passage `entry` is, below `heading`.
    pub fn with(&self, index: &Index, entry: u32, heading: &str) -> Closeness {
        let mut best = vec![0.0f32; self.words.len()];
        let mut focus = Focus::new(self.words.len());
        let mut taken = 0u32;
        let states = |fact: Fact| facts::states(&index.content(entry), fact, &self.plain);
        let stated = self.wanted.map(states);
        let kind = stated.map_or(0.5, |stated| f32::from(u8::from(stated)));
        // "€16 a day" says what something costs without a word for it.
        let named = self.wanted.filter(|_| stated == Some(true)).and_then(Fact::concept);
        if let Some(named) = named {
            for (at, (best, wanted)) in best.iter_mut().zip(&self.words).enumerate() {
                if wanted.concept == Some(named) {
                    *best = SAME_CONCEPT;
                    focus.see(at, 0, SAME_CONCEPT, true);
                }
            }
        }
        index.each_word(entry, |word, is_above| {
            taken += 1;
            if taken > MAX_WORDS {
                return;
            }
            let Some(there) = index.vocabulary.words.get(word as usize) else { return };
            let there = There::new(Some(there.term), there.plain(), index.rows_of(word));
            for (at, (best, wanted)) in best.iter_mut().zip(&self.words).enumerate() {
                let likeness = wanted.likeness(&there);
                *best = best.max(likeness);
                focus.see(at, taken, likeness, is_above);
            }
        });
        let total: f32 = self.words.iter().map(|word| word.weight).sum();
        let covered: f32 =
            self.words.iter().zip(&best).map(|(word, best)| word.weight * best).sum();
        let told: f32 = self.words.iter().zip(&best).map(|(w, best)| w.worth * best).sum();
        let worth: f32 = self.words.iter().map(|word| word.worth).sum();
        let missed = self.words.iter().zip(&best).map(|(w, best)| w.worth * (1.0 - best));
        let unknown: f32 = self.words.iter().filter(|w| !w.is_known).map(|w| w.worth).sum();
        let least = best.iter().copied().fold(1.0, f32::min);
        let (heading_shared, heading_covered) = self.heading(index, heading);
        let heading_cosine =
            match (&self.vector, static_embedding::embed(heading, &index.languages())) {
                (Some(asked), Some(heading)) => asked.cosine(&heading).max(0.0),
                _ => 0.0,
            };
        let part_cosine = match &self.vector {
            Some(vector) => index.nearest_part(entry, vector, 16, 6),
            None => 0.0,
        };
        Closeness {
            says: worth.min(MOST_SAID),
            focus: share(focus.most(&self.words), total),
            kind,
            covered: share(covered, total),
            told: share(told, worth),
            missed: missed.fold(0.0, f32::max),
            unknown: share(unknown, worth),
            least: if best.is_empty() { 0.0 } else { least },
            heading_shared,
            heading_covered,
            heading_cosine,
            part_cosine,
        }
    }

    /// Which of several headings shares most with the question.
    pub fn nearest<'h>(&self, index: &Index, headings: impl Iterator<Item = &'h str>) -> &'h str {
        let mut all = headings.map(|heading| (self.heading(index, heading).0, heading));
        let first = all.next().unwrap_or_default();
        all.fold(first, |best, one| if one.0 > best.0 { one } else { best }).1
    }

    /// Whether `heading` has at least this share of the question.
    pub fn is_in_heading(&self, index: &Index, heading: &str, share: f32) -> bool {
        !self.words.is_empty() && self.heading(index, heading).1 >= share
    }

    /// What the question and a heading have in common, over both and over the question.
    fn heading(&self, index: &Index, heading: &str) -> (f32, f32) {
        let (stems, languages) = (index.stems(), index.languages());
        let words: Vec<(String, Option<u32>, Vec<Row>)> = text::words(heading)
            .filter(|word| !text::is_function_word_anywhere(word))
            .map(|word| {
                let term = index.vocabulary.term(&stems.term(&word));
                let mut rows = Vec::new();
                static_embedding::rows(&word, &languages, &mut rows);
                (word, term, rows)
            })
            .collect();
        let words: Vec<There> =
            words.iter().map(|(word, term, rows)| There::new(*term, word, rows)).collect();
        let mut seen = vec![0.0f32; words.len()];
        let mut both = 0.0;
        for wanted in &self.words {
            let best = words.iter().enumerate().map(|(at, word)| (wanted.likeness(word), at));
            if let Some((likeness, at)) = best.max_by(|a, b| a.0.total_cmp(&b.0)) {
                both += wanted.weight * likeness;
                seen[at] = seen[at].max(likeness);
            }
        }
        let total: f32 = self.words.iter().map(|word| word.weight).sum();
        let weight = |there: &There| {
            let known = there.term.and_then(|term| index.weights.get(term as usize).copied());
            known.unwrap_or_else(|| index.unknown())
        };
        let unseen: f32 =
            words.iter().zip(&seen).map(|(word, seen)| weight(word) * (1.0 - seen)).sum();
        (share(both, total + unseen), share(both, total))
    }
}

/// A word of an entry or of a heading, which all words of the question are compared with.
struct There<'w> {
    term: Option<u32>,
    plain: &'w str,
    rows: &'w [Row],
    /// Its vector and its concept, once they are needed.
    sum: OnceCell<Sum>,
    concept: OnceCell<Option<u16>>,
}

impl<'w> There<'w> {
    fn new(term: Option<u32>, plain: &'w str, rows: &'w [Row]) -> Self {
        Self { term, plain, rows, sum: OnceCell::new(), concept: OnceCell::new() }
    }

    fn concept(&self) -> Option<u16> {
        *self.concept.get_or_init(|| concepts::of(self.plain))
    }

    fn cosine(&self, vector: &Vector) -> f32 {
        if self.rows.is_empty() || self.plain.len() < 2 {
            return 0.0;
        }
        self.sum.get_or_init(|| Sum::of(self.rows)).cosine(vector)
    }
}

impl Wanted {
    /// From 0 to 1: how far it is the word `there`.
    fn likeness(&self, there: &There) -> f32 {
        let plain = there.plain;
        if self.plain == plain || there.term.is_some_and(|term| self.terms.contains(&term)) {
            return 1.0;
        }
        if self.opposites.have(plain) {
            return 0.0;
        }
        if self.concept.is_some() && self.concept == there.concept() {
            return SAME_CONCEPT;
        }
        let alike = letters_alike(&self.plain, plain);
        let Some(vector) = &self.vector else { return alike };
        let near = (there.cosine(vector) - SYNONYMS.0) / (SYNONYMS.1 - SYNONYMS.0);
        alike.max(near.clamp(0.0, 1.0))
    }
}

/// How far two words are of one stem or one is made with the other, by their letters.
fn letters_alike(one: &str, other: &str) -> f32 {
    let (a, b) = (one.chars().count(), other.chars().count());
    let (shortest, longest) = (a.min(b), a.max(b).max(1) as f32);
    if shortest < FRONT.0 {
        return 0.0;
    }
    let front = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let back = one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
    let alike = front as f32 / longest;
    if front >= FRONT.0 && alike >= FRONT.1 {
        return alike;
    }
    // "Farbausdruck" and "Farbdruck"; "Ausdruck" and "Farbausdruck".
    let both = (front + back).min(shortest) as f32 / longest;
    let is_part =
        front.max(back) == shortest && shortest >= PART_OF_COMPOUND.0 && both >= PART_OF_COMPOUND.1;
    let is_joined = front >= FRONT.0 && back >= FRONT.0 && both >= FRONT.1;
    if is_part || is_joined { both } else { 0.0 }
}

/// What of the question is said in one place.
struct Focus {
    /// How much the headings say of each word.
    above: Vec<f32>,
    /// Where the text says something of a word, and how much.
    seen: Vec<(u32, usize, f32)>,
}

impl Focus {
    fn new(words: usize) -> Self {
        Self { above: vec![0.0; words], seen: Vec::new() }
    }

    fn see(&mut self, word: usize, at: u32, likeness: f32, is_above: bool) {
        if is_above {
            self.above[word] = self.above[word].max(likeness * ABOVE);
        } else if likeness >= SOME {
            self.seen.push((at, word, likeness));
        }
    }

    /// The most weight that is said within [`PLACE`] words.
    fn most(&self, words: &[Wanted]) -> f32 {
        let weight = |said: &[f32]| words.iter().zip(said).map(|(w, said)| w.weight * said).sum();
        let mut most: f32 = weight(&self.above);
        for (first, (begin, ..)) in self.seen.iter().enumerate() {
            let mut said = self.above.clone();
            for (at, word, likeness) in &self.seen[first..] {
                if at - begin > PLACE {
                    break;
                }
                said[*word] = said[*word].max(*likeness);
            }
            most = most.max(weight(&said));
        }
        most
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
