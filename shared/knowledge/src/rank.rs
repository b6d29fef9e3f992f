//! Ranking: which entries a question has most in common with, by words, characters and meaning.
//!
//! 1. One pass over the postings of the question's terms adds up impacts in an array with a place
//!    for each entry; where the best are much alike, what they have in common is requested too
//!    ([`crate::relevance_feedback`]).
//! 2. The best of those, and those whose embeddings are nearest to the question's, are the
//!    candidates. Each gets its cosine, and the best of them what they have of the question's runs of
//!    characters.
//! 3. The best are looked at word by word: neighbours in the question that are neighbours there too
//!    count a little more (after Metzler and Croft, "A Markov random field model for term
//!    dependencies", 2005), and a part of a long passage that is nearer than its whole counts as the
//!    whole. What is seen on the way says how sure a match is ([`crate::evidence`]).
//!
//! [`crate::semantic::fusion`] says how the three are put together.

use std::cell::RefCell;

use crate::{
    best::{SOME, best, best_from},
    evidence::{Evidence, Gathering, Seen},
    index::{AskedGrams, Index, Marks},
    question::{Asked, AskedTerm, NONE},
    semantic::{
        QueryEmbedding,
        fusion::{Fusion, Parts},
    },
};

/// What two neighbours count for, beside what each does alone.
const NEIGHBOURS: f32 = 0.15;
/// What an entry gains, of a word's worth, that has the very form of the word: another form of it,
/// or one without its accents, is as good until two are equal.
const EXACT: f32 = 0.18;
/// How many of the best are looked at word by word.
pub(crate) const LOOKED_AT: usize = 24;
/// Candidates by words, and by nearness.
const BY_WORDS: usize = 100;
const BY_NEARNESS: usize = 80;
/// How many of the candidates, the best by words and meaning, are compared by runs of characters: no question
/// was found whose first answer was behind them, and all words of an entry have to be read for it.
const BY_CHARACTERS: usize = 2 * LOOKED_AT;
/// Entries longer than this have parts that are compared, in as many of the best.
const LONG: usize = 40;
const PARTS_OF: usize = 8;
/// The most that a part which is nearer than its whole adds to a score.
const MAX_GAIN: f32 = 0.12;

/// An entry and how well it matches.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hit {
    /// The entry: passages of all segments in order, then pairs.
    pub entry: u32,
    /// Its score, larger for a better match; comparable within one question only.
    pub score: f32,
    /// BM25 of words, neighbours and feedback included, over what the question's words are worth.
    pub words: f32,
    /// The same of runs of characters; 0 of an entry that is far behind.
    pub characters: f32,
    /// The cosine of its embedding with the question's.
    pub meaning: f32,
}

/// What a question led to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// The best entries, best first.
    pub hits: Vec<Hit>,
    /// What was seen of the best that tells whether it is about the question.
    pub evidence: Evidence,
    /// The same of each of the first few.
    pub(crate) each: Vec<Evidence>,
    /// Words that were taken for others: as asked, and as searched.
    pub corrections: Vec<(String, String)>,
}

/// What a search works with, kept for the next one on the same thread.
#[derive(Default)]
pub(crate) struct Scratch {
    /// By entry; all zero between searches.
    pub scores: Vec<f32>,
    /// By term: its place in the question; all [`NONE`] between searches.
    places: Vec<u16>,
    /// By term; all zero between searches.
    pub sums: Vec<f32>,
    /// By term: when it was last seen.
    pub seen: Vec<u32>,
    /// Grows with every entry that is looked at.
    pub now: u32,
    marks: Marks,
    /// By entry: what it has of the question's first numbers.
    products: Vec<i16>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Scratch {
    fn fit(&mut self, index: &Index) {
        let (entries, terms) = (index.len(), index.weights.len());
        if self.scores.len() < entries {
            self.scores.resize(entries, 0.0);
        }
        if self.places.len() < terms {
            self.places.resize(terms, NONE);
            self.sums.resize(terms, 0.0);
            self.seen.resize(terms, 0);
        }
        // So that the count never comes round to an old one.
        if self.now > u32::MAX / 2 {
            self.now = 0;
            self.seen.fill(0);
        }
    }
}

impl Index {
    /// The best `depth` entries for `question`, by `embedding` too if there is one of a model that
    /// its entries have vectors of; by the static embedding otherwise.
    pub fn rank(
        &self,
        question: &str,
        embedding: Option<&QueryEmbedding>,
        depth: usize,
    ) -> Ranking {
        self.rank_asked(&self.asked(question), embedding, depth)
    }

    /// The same for a question that is looked up already.
    pub(crate) fn rank_asked(
        &self,
        asked: &Asked,
        embedding: Option<&QueryEmbedding>,
        depth: usize,
    ) -> Ranking {
        let fusion = Fusion::of(self, asked, embedding);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.fit(self);
            self.add_words(asked, None, scratch);
            let scores = &mut scratch.scores[..self.len()];
            let mut hits = best_from(depth.max(BY_WORDS), SOME, scores, &self.keys);
            // Marked below zero once it is among the candidates.
            hits.iter().for_each(|hit| scores[hit.entry as usize] = -1.0);
            hits.reserve(BY_NEARNESS);
            let nearest = fusion.nearest(self, BY_NEARNESS, &mut scratch.products);
            for entry in nearest.entries.iter().copied() {
                let score = scores[entry as usize];
                if score >= 0.0 {
                    hits.push(Hit { entry, score, ..Hit::default() });
                }
            }
            scores.fill(0.0);
            let total = asked.total_weight().max(f32::MIN_POSITIVE);
            for hit in &mut hits {
                hit.words = hit.score / total;
                hit.meaning = fusion.cosine(self, hit.entry, &nearest);
                hit.score = fusion.score(Parts::of(hit));
            }
            let by_characters = self.best_first(&mut hits, BY_CHARACTERS);
            let grams = self.gram_scores(asked, by_characters, &mut scratch.marks);
            for hit in by_characters {
                hit.characters /= total;
                hit.score = fusion.score(Parts::of(hit));
            }
            self.sort(&mut hits);
            let each = self.look_closer(asked, &fusion, &mut hits, scratch, &grams);
            scratch.marks.clear();
            hits.retain(|hit| hit.score > 0.0);
            hits.truncate(depth);
            let evidence = each.first().copied().unwrap_or_default();
            Ranking { hits, evidence, each, corrections: asked.corrections() }
        })
    }

    /// What is seen of the best entries apart from `one`, by words alone.
    pub(crate) fn rank_words(&self, asked: &Asked, one: Option<u32>) -> Seen {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.fit(self);
            self.add_words(asked, one, scratch);
            let mut hits = best(LOOKED_AT, &scratch.scores[..self.len()], &self.keys);
            scratch.scores[..self.len()].fill(0.0);
            let mut gathering = Gathering::new(asked);
            self.look_at(asked, &mut hits, scratch, &mut gathering);
            gathering.seen()
        })
    }

    /// Adds what words are worth in every entry but `one`, and what the best have in common.
    fn add_words(&self, asked: &Asked, one: Option<u32>, scratch: &mut Scratch) {
        for term in &asked.terms {
            let times = asked.words.get(usize::from(term.word)).map_or(1.0, |word| word.times);
            self.add(term.term, times * term.quality, &mut scratch.scores);
        }
        let without = |scores: &mut [f32]| {
            if let Some(score) = one.and_then(|one| scores.get_mut(one as usize)) {
                *score = 0.0;
            }
        };
        without(&mut scratch.scores);
        if !asked.terms.is_empty() {
            self.feed_back(asked, scratch);
        }
        without(&mut scratch.scores);
    }

    /// What the candidates have of the question's runs of characters.
    fn gram_scores(&self, asked: &Asked, hits: &mut [Hit], marks: &mut Marks) -> AskedGrams {
        let content = asked.words.iter().filter(|word| !word.is_function);
        let plain = content.map(|word| word.corrected.as_deref().unwrap_or(&word.plain));
        let grams = self.mark_grams(plain.filter(|plain| !plain.is_empty()), marks);
        for hit in hits.iter_mut() {
            hit.characters = self.gram_score(hit.entry, &grams, marks).0;
        }
        grams
    }

    /// Looks at the best word by word, and at parts of those that are long.
    fn look_closer(
        &self,
        asked: &Asked,
        fusion: &Fusion,
        hits: &mut [Hit],
        scratch: &mut Scratch,
        grams: &AskedGrams,
    ) -> Vec<Evidence> {
        let looked_at = hits.len().min(LOOKED_AT);
        let hits = &mut hits[..looked_at];
        let total = asked.total_weight().max(f32::MIN_POSITIVE);
        let before: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
        let best = before.first().copied().unwrap_or_default();
        let mut gathering = Gathering::new(asked);
        hits.iter_mut().for_each(|hit| hit.score = 0.0);
        self.look_at(asked, hits, scratch, &mut gathering);
        for (at, (hit, before)) in hits.iter_mut().zip(before).enumerate() {
            hit.words += hit.score / total;
            let may_win = at < PARTS_OF && before >= best - MAX_GAIN;
            if may_win && self.length(hit.entry) > LONG {
                hit.meaning = hit.meaning.max(fusion.nearest_part(self, hit.entry));
            }
            hit.score = fusion.score(Parts::of(hit)).max(before * f32::EPSILON);
            gathering.score(at, hit.score);
        }
        self.sort(hits);
        let marks = &scratch.marks;
        gathering.evidence(self, fusion, hits, |entry| self.gram_score(entry, grams, marks).1)
    }

    /// Adds to the scores of `hits` what neighbours and exact words are worth.
    fn look_at(
        &self,
        asked: &Asked,
        hits: &mut [Hit],
        scratch: &mut Scratch,
        gathering: &mut Gathering<'_>,
    ) {
        for (place, term) in (0u16..).zip(&asked.terms) {
            scratch.places[term.term as usize] = place;
        }
        // The last is the hit that the two were last seen in.
        let mut neighbours: Vec<(u16, u16, f32, usize)> = asked
            .order
            .windows(2)
            .map(|two| (two[0], two[1], asked.weight(two[0]) + asked.weight(two[1]), 0))
            .collect();
        // Each once, and by the place of its term a bit for it.
        let mut exact: Vec<(u32, f32)> = Vec::with_capacity(asked.words.len());
        let mut exact_of = vec![0u64; asked.terms.len()];
        for word in &asked.words {
            let Some(found) = word.exact.filter(|_| exact.len() < 64) else { continue };
            let place = usize::from(scratch.places[self.term_of(found) as usize]);
            let Some(bits) = exact_of.get_mut(place) else { continue };
            if exact.iter().all(|(known, _)| *known != found) {
                *bits |= 1 << exact.len();
                exact.push((found, word.weight * EXACT));
            }
        }
        let (terms_of, places) = (&self.vocabulary.terms_of, &scratch.places);
        for (at, hit) in (1..).zip(hits.iter_mut()) {
            gathering.begin();
            let mut at_word = 0;
            let mut before = NONE;
            let (mut more, mut same) = (0.0, 0.0f32);
            let mut unseen = u64::MAX;
            for word in self.fields(hit.entry as usize).into_iter().flatten() {
                at_word += 1;
                let at_term = usize::from(places[terms_of[*word as usize] as usize]);
                let Some(AskedTerm { word: place, also, .. }) = asked.terms.get(at_term) else {
                    before = NONE;
                    continue;
                };
                if before != NONE {
                    for (first, second, weight, seen) in &mut neighbours {
                        if (*first, *second) == (before, *place) && *seen < at {
                            *seen = at;
                            more += *weight;
                        }
                    }
                }
                let mut left = exact_of[at_term] & unseen;
                while left != 0 {
                    let found = left.trailing_zeros();
                    left &= left - 1;
                    let (exact, worth) = exact[found as usize];
                    if exact == *word {
                        unseen &= !(1 << found);
                        same += worth;
                    }
                }
                gathering.word(at_word, *place, *also);
                before = *place;
            }
            hit.score += NEIGHBOURS * more + same;
            gathering.end(at_word, hit.score, more);
        }
        for term in &asked.terms {
            scratch.places[term.term as usize] = NONE;
        }
    }

    /// The best `count` of `hits`, in no order, which are brought to the front.
    fn best_first<'h>(&self, hits: &'h mut [Hit], count: usize) -> &'h mut [Hit] {
        if count < hits.len() {
            hits.select_nth_unstable_by_key(count, |hit| self.order(hit));
        }
        let count = count.min(hits.len());
        &mut hits[..count]
    }

    /// What is the smaller the better `hit` is; of those alike by their keys.
    fn order(&self, hit: &Hit) -> (u64, u32) {
        let key = self.keys.get(hit.entry as usize).copied().unwrap_or_default();
        (u64::from(descending(hit.score)) << 32 | u64::from(key), hit.entry)
    }

    /// Sorts `hits`, best first; those alike by their keys.
    fn sort(&self, hits: &mut [Hit]) {
        let mut order: Vec<(u64, u32, u32)> = (0..)
            .zip(&*hits)
            .map(|(at, hit)| {
                let (order, entry) = self.order(hit);
                (order, entry, at)
            })
            .collect();
        order.sort_unstable();
        let sorted: Vec<Hit> = order.iter().map(|(.., at)| hits[*at as usize]).collect();
        hits.copy_from_slice(&sorted);
    }
}

/// A number that is the smaller the larger `score` is.
fn descending(score: f32) -> u32 {
    let bits = score.to_bits();
    if score.is_sign_negative() { bits } else { !(bits | 1 << 31) }
}
