//! Whether a question asks the same as the question of a pair.
//!
//! What the two share is a number; what sets them apart is a rule: one denies and the other does not,
//! one asks where and the other when, a number or a name differs, one word is the opposite of
//! another. Such a pair may be offered, but its answer is not given.

use crate::{
    asks, concepts,
    index::{Index, Pair},
    question::Asked,
    semantic::static_embedding,
    text::{self, Language},
};

/// Two words whose letters are this much alike are one in two forms.
const ALIKE: f32 = 0.65;
/// How far two words for one thing are the same.
const SAME_CONCEPT: f32 = 0.8;
/// Two words whose embeddings are nearer than this say the same, if nothing else sets them apart.
const SYNONYMS: f32 = 0.62;
/// Where the two share this much, one word in the place of another sets them apart.
const SAME_FRAME: f32 = 0.55;

/// Words that two questions share at least, and their share of the longer one, where only one word of each
/// is another.
const MIN_FRAME: usize = 3;
const FRAME: f32 = 0.75;

/// How two questions compare.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    /// The weight of the content words that both have, over that of those that either has.
    pub shared: f32,
    /// The share of the asked words' weight that the pair's question has.
    pub covered: f32,
    /// The cosine of the two; 0 where the static table does not know the language.
    pub cosine: f32,
    /// Whether a rule sets the two apart.
    pub is_apart: bool,
    /// Whether a number or a code does, or the only word that is another, which is another thing whatever else
    /// is said.
    pub is_other_thing: bool,
}

impl Index {
    /// How the question compares with that of a pair's questions which is most like it.
    pub(crate) fn likeness(
        &self,
        question: &str,
        asked: &Asked,
        pair: &Pair,
        reliance: f32,
    ) -> Likeness {
        let asked = Compared::asked(self, question, asked);
        let all = pair.questions().map(|theirs| {
            let likeness = self.compare(&asked, &Compared::of(self, theirs));
            if reliance > 0.0 { likeness } else { Likeness { cosine: 0.0, ..likeness } }
        });
        let value = |l: &Likeness| l.shared + l.cosine - f32::from(u8::from(l.is_apart));
        all.max_by(|a, b| value(a).total_cmp(&value(b))).unwrap_or_default()
    }

    fn compare(&self, asked: &Compared, theirs: &Compared) -> Likeness {
        let mut matched = vec![false; theirs.content.len()];
        let (mut both, mut mine, mut left) = (0.0, 0.0, Vec::new());
        for word in &asked.content {
            mine += word.weight;
            let best = theirs.content.iter().enumerate().filter(|(at, _)| !matched[*at]);
            let best =
                best.map(|(at, other)| (word.alike(other), at)).max_by(|a, b| a.0.total_cmp(&b.0));
            match best {
                Some((alike, at)) if alike >= ALIKE => {
                    matched[at] = true;
                    both += word.weight.min(theirs.content[at].weight.max(word.weight * 0.5))
                        * alike.min(1.0);
                }
                _ => left.push(word),
            }
        }
        let whole: f32 = theirs.content.iter().map(|word| word.weight).sum();
        let left_of_theirs: Vec<&Content> = theirs
            .content
            .iter()
            .zip(&matched)
            .filter(|(_, is)| !**is)
            .map(|(word, _)| word)
            .collect();
        let either = mine + whole - both;
        let shared = if either > 0.0 { (both / either).clamp(0.0, 1.0) } else { 0.0 };
        let cosine = match (&asked.vector, &theirs.vector) {
            (Some(a), Some(b)) => a.cosine(b),
            _ => 0.0,
        };
        let covered = if mine > 0.0 { (both / mine).clamp(0.0, 1.0) } else { 0.0 };
        let is_of_another = asked.is_of_another(theirs, &left, &left_of_theirs);
        let is_apart = asked.is_apart(theirs)
            || replaced(
                &left,
                &left_of_theirs,
                covered.max(both / whole.max(f32::MIN_POSITIVE)),
                [asked.language, theirs.language],
            )
            || is_of_another;
        let is_other_thing = is_of_another || asked.has_other_codes(theirs);
        Likeness { shared, covered, cosine, is_apart, is_other_thing }
    }
}

/// A word that says what a question is about.
struct Content {
    plain: String,
    term: Option<u32>,
    stem: String,
    weight: f32,
    /// A name, as far as a capital in the middle tells.
    is_name: bool,
    /// The concept that it names.
    concept: Option<u16>,
}

impl Content {
    /// From 0 to 1: how far it is the same word as another.
    fn alike(&self, other: &Self) -> f32 {
        if self.plain == other.plain
            || (self.term.is_some() && self.term == other.term)
            || self.stem == other.stem
        {
            return 1.0;
        }
        if asks::are_opposites(&self.plain, &other.plain) {
            return 0.0;
        }
        if self.concept.is_some() && self.concept == other.concept {
            return SAME_CONCEPT;
        }
        // The same beginning, as compounds and inflected forms have it.
        let front = self.plain.chars().zip(other.plain.chars()).take_while(|(a, b)| a == b).count();
        let longest = self.plain.chars().count().max(other.plain.chars().count());
        let alike = front as f32 / longest.max(1) as f32;
        if front >= 4 { alike } else { 0.0 }
    }
}

/// A question, ready to be compared.
struct Compared {
    words: Vec<String>,
    content: Vec<Content>,
    codes: Vec<String>,
    vector: Option<crate::semantic::Vector>,
    language: Language,
}

impl Compared {
    /// The question of a pair.
    fn of(index: &Index, question: &str) -> Self {
        Self::new(index, question, |_| None)
    }

    /// What a visitor asks, with corrections.
    fn asked(index: &Index, question: &str, asked: &Asked) -> Self {
        Self::new(index, question, |plain| {
            asked
                .words
                .iter()
                .find(|word| word.plain == plain)
                .and_then(|word| word.corrected.clone())
        })
    }

    fn new(index: &Index, question: &str, corrected: impl Fn(&str) -> Option<String>) -> Self {
        let language = match text::detect(question) {
            Language::Other => index.stems().language(),
            language => language,
        };
        let stems = text::Stems::of(language);
        let spans: Vec<(usize, &str)> = text::spans(question).collect();
        let plain: Vec<String> = spans.iter().map(|(_, written)| text::folded(written)).collect();
        let words: Vec<String> =
            plain.into_iter().map(|plain| corrected(&plain).unwrap_or(plain)).collect();
        let mut content = Vec::new();
        for (at, ((_, written), plain)) in spans.iter().zip(&words).enumerate() {
            let is_function = text::is_function_word(plain, language)
                || (at > 0 && asks::asks(&words[at - 1..=at]) == Some(asks::Asks::Measure));
            let is_unspaced = text::is_unspaced(plain);
            if is_function || is_unspaced {
                continue;
            }
            let stem = stems.term(plain);
            let term = index.vocabulary.term(&stem).or_else(|| {
                index.vocabulary.written(plain, plain).next().map(|word| index.term_of(word))
            });
            let weight = term.and_then(|term| index.weights.get(term as usize).copied());
            let is_name =
                at > 0 && language != Language::German && written.starts_with(char::is_uppercase);
            let weight = weight.unwrap_or_else(|| index.unknown());
            let concept = concepts::of(plain);
            content.push(Content { plain: plain.clone(), term, stem, weight, is_name, concept });
        }
        content.extend(clusters(index, &words));
        let all = words.iter().map(String::as_str);
        let vector = static_embedding::of_words(all, &[language])
            .filter(|_| static_embedding::reads(language));
        let whole = spans.iter().zip(&words).filter(|((at, written), _)| {
            // "J'ai" and "n'est" have no code "J" or "N".
            let behind = question.get(at + written.len()..).unwrap_or_default();
            !(written.len() == 1 && behind.starts_with(['\'', '’', 'ʼ']))
        });
        let whole: Vec<String> = whole.map(|(_, word)| word.clone()).collect();
        Self { codes: asks::codes(&whole), words, content, vector, language }
    }

    /// Whether one has a number or a code that the other has not. A visitor's plain number beside a question
    /// without any is a circumstance ("my daughter is 12", "nine people"), and no other thing.
    fn has_other_codes(&self, other: &Self) -> bool {
        let is_number = |code: &String| code.chars().all(|c| c.is_ascii_digit());
        let is_circumstance = other.codes.is_empty() && self.codes.iter().all(is_number);
        self.codes != other.codes && !is_circumstance
    }

    /// Whether two questions are the same word for word but for what they are about: "Do you offer courses in
    /// dyeing?" and "Do you offer courses in spinning?".
    fn is_of_another(&self, other: &Self, mine: &[&Content], theirs: &[&Content]) -> bool {
        let ([mine], [theirs]) = (mine, theirs) else { return false };
        let frame = |words: &[String], without: &Content| -> Vec<String> {
            words.iter().filter(|word| **word != without.plain).cloned().collect()
        };
        // In the same place: behind the same word, or in front of it.
        let beside = |words: &[String], one: &Content| -> Option<[Option<String>; 2]> {
            let at = words.iter().position(|word| *word == one.plain)?;
            let before = at.checked_sub(1).and_then(|before| words.get(before));
            Some([before.cloned(), words.get(at + 1).cloned()])
        };
        let places = beside(&self.words, mine).zip(beside(&other.words, theirs));
        let is_same_place = places
            .is_some_and(|([before, behind], [other, next])| before == other || behind == next);
        let (own, others) = (frame(&self.words, mine), frame(&other.words, theirs));
        let common = own.iter().filter(|word| others.contains(word)).count();
        let longest = own.len().max(others.len());
        is_same_place
            && common >= MIN_FRAME
            && common as f32 >= FRAME * longest as f32
            && (are_kinds(&mine.plain, &theirs.plain)
                || !are_synonyms(&mine.plain, &theirs.plain, [self.language, other.language]))
    }

    /// Whether a rule sets two questions apart.
    fn is_apart(&self, other: &Self) -> bool {
        let asks = asks::asks(&self.words).zip(asks::asks(&other.words));
        let another_kind = asks.is_some_and(|(a, b)| !a.fits(b));
        let denies = asks::denies(&self.words) != asks::denies(&other.words);
        let (mine, theirs) = (asks::directions(&self.words), asks::directions(&other.words));
        let turned = mine.iter().any(|(word, to)| {
            let same = |(other, _): &&(&str, bool)| other == word;
            let mut theirs = theirs.iter().filter(same);
            theirs.clone().next().is_some() && theirs.all(|(_, other)| other != to)
        });
        let only = |a: &Self, b: &Self| -> Vec<String> {
            a.words.iter().filter(|word| !b.words.contains(word)).cloned().collect()
        };
        let (mine, theirs) = (only(self, other), only(other, self));
        let opposite =
            mine.iter().any(|word| theirs.iter().any(|other| asks::are_opposites(word, other)));
        another_kind || denies || self.has_other_codes(other) || turned || opposite
    }
}

/// Words of a script without spaces: each two clusters in a row that are no function word.
fn clusters(index: &Index, words: &[String]) -> Vec<Content> {
    let two = words.windows(2).filter(|two| two.iter().all(|word| text::is_unspaced(word)));
    let two = two.filter(|two| !two.iter().all(|word| text::is_function_word_anywhere(word)));
    two.map(|two| two.concat())
        .filter(|two| !text::is_function_word_anywhere(two))
        .map(|plain| {
            let term = index.vocabulary.term(&plain);
            let weight = term.and_then(|term| index.weights.get(term as usize).copied());
            let weight = weight.unwrap_or_else(|| index.unknown());
            let concept = concepts::of(&plain);
            Content { stem: plain.clone(), plain, term, weight, is_name: false, concept }
        })
        .collect()
}

/// Whether one word was put in the place of another in what is the same question otherwise.
fn replaced(mine: &[&Content], theirs: &[&Content], shared: f32, languages: [Language; 2]) -> bool {
    if mine.is_empty() || theirs.is_empty() {
        return false;
    }
    // Another name is another thing, whatever else is the same.
    if theirs.iter().any(|word| word.is_name) && mine.iter().any(|word| word.is_name) {
        return true;
    }
    let one_each = mine.len() == 1 && theirs.len() == 1;
    one_each && shared >= SAME_FRAME && !are_synonyms(&mine[0].plain, &theirs[0].plain, languages)
        || theirs.iter().any(|word| word.is_name) && shared >= SAME_FRAME
}

/// Whether two compounds are two kinds of one thing, as "Reitkurs" and "Malkurs" are, whatever they have in
/// common.
fn are_kinds(one: &str, other: &str) -> bool {
    const HEAD: usize = 4;
    const KIND: usize = 3;
    let back = one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
    let front = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let left = |word: &str| word.chars().count() - back;
    back >= HEAD && front < KIND && left(one) >= KIND && left(other) >= KIND
}

fn are_synonyms(one: &str, other: &str, languages: [Language; 2]) -> bool {
    let vectors = static_embedding::embed(one, &languages[..1])
        .zip(static_embedding::embed(other, &languages[1..]));
    vectors.is_some_and(|(a, b)| a.cosine(&b) >= SYNONYMS)
}
