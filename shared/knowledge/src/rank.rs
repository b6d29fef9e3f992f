//! Ranking: which entries a question has most in common with, by words, characters and meaning.
//!
//! 1. One pass over the postings of the question's terms adds up impacts in an array with a place
//!    for each entry; where the best are much alike, what they have in common is requested too
//!    ([`crate::relevance_feedback`]).
//! 2. The best of those, and those whose embeddings are nearest to the question's, are the
//!    candidates. Each gets what it has of the question's runs of characters, and its cosine.
//! 3. The best are looked at word by word: neighbours in the question that are neighbours there too
//!    count a little more (after Metzler and Croft, "A Markov random field model for term
//!    dependencies", 2005), and a part of a long passage that is nearer than its whole counts as the
//!    whole. What is seen on the way says how sure a match is ([`crate::evidence`]).
//!
//! [`crate::semantic::fusion`] says how the three are put together.

use std::cell::RefCell;

use crate::{
    evidence::{Evidence, Gathering, Seen},
    index::{AskedGrams, Index, Marks},
    question::{Asked, NONE},
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
/// A smaller cosine is chance.
const NEAR: f32 = 0.12;
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
    /// The same of runs of characters.
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
        let nearness = fusion.nearness(self);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.fit(self);
            self.add_words(asked, None, scratch);
            let by_words = best(depth.max(BY_WORDS), &scratch.scores[..self.len()], &self.keys);
            let mut hits: Vec<Hit> = by_words;
            for entry in nearest(&nearness, BY_NEARNESS, &self.keys) {
                // Marked below zero once it is among the candidates.
                if scratch.scores[entry as usize] <= 0.0 || hits.iter().all(|h| h.entry != entry) {
                    let score = scratch.scores[entry as usize];
                    hits.push(Hit { entry, score, ..Hit::default() });
                }
            }
            scratch.scores[..self.len()].fill(0.0);
            let grams = self.gram_scores(asked, &mut hits, &mut scratch.marks);
            let total = asked.total_weight().max(f32::MIN_POSITIVE);
            for hit in &mut hits {
                hit.words = hit.score / total;
                hit.characters /= total;
                hit.meaning = fusion.cosine(self, hit.entry);
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

    /// Adds what `term` is worth where it is.
    pub(crate) fn add(&self, term: u32, times: f32, scores: &mut [f32]) {
        for (entry, impact) in self.postings(term) {
            scores[*entry as usize] += impact * times;
        }
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
        fusion: &Fusion<'_>,
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
        let exact: Vec<(u32, f32)> =
            asked.words.iter().filter_map(|w| Some((w.exact?, w.weight * EXACT))).collect();
        for (at, hit) in (1..).zip(hits.iter_mut()) {
            gathering.begin();
            let mut before = NONE;
            let (mut more, mut same) = (0.0, 0.0f32);
            let mut seen_exact = 0u64;
            self.each_word(hit.entry, |word, _| {
                let term = scratch.places[self.term_of(word) as usize];
                let asked_term = asked.terms.get(usize::from(term));
                let place = asked_term.map_or(NONE, |term| term.word);
                if place != NONE && before != NONE {
                    for (first, second, weight, seen) in &mut neighbours {
                        if (*first, *second) == (before, place) && *seen < at {
                            *seen = at;
                            more += *weight;
                        }
                    }
                }
                if place != NONE
                    && let Some(found) = exact.iter().position(|(exact, _)| *exact == word)
                    && found < 64
                    && seen_exact & (1 << found) == 0
                {
                    seen_exact |= 1 << found;
                    same += exact[found].1;
                }
                gathering.word(place, asked_term.map_or(NONE, |term| term.also));
                before = place;
            });
            hit.score += NEIGHBOURS * more + same;
            gathering.end(hit.score, more);
        }
        for term in &asked.terms {
            scratch.places[term.term as usize] = NONE;
        }
    }

    fn sort(&self, hits: &mut [Hit]) {
        hits.sort_unstable_by(|a, b| best_first(a, b, &self.keys));
    }
}

/// The best `depth` of `scores`, best first; of those alike by their keys.
pub(crate) fn best(depth: usize, scores: &[f32], keys: &[u32]) -> Vec<Hit> {
    // Twice as many as are wanted are gathered before the worse half goes.
    let mut hits: Vec<Hit> = Vec::with_capacity(2 * depth.min(scores.len()));
    let mut least = 0.0;
    let order = |a: &Hit, b: &Hit| best_first(a, b, keys);
    for (entry, score) in (0u32..).zip(scores) {
        if *score > least || (*score == least && least > 0.0) {
            hits.push(Hit { entry, score: *score, ..Hit::default() });
            if hits.len() == 2 * depth {
                hits.select_nth_unstable_by(depth - 1, order);
                hits.truncate(depth);
                least = hits.last().map_or(least, |hit| hit.score);
            }
        }
    }
    hits.sort_unstable_by(order);
    hits.truncate(depth);
    hits
}

/// The entries of the `depth` largest cosines that say something, in no order.
fn nearest(nearness: &[f32], depth: usize, keys: &[u32]) -> Vec<u32> {
    let near = best(depth, nearness, keys).into_iter().filter(|hit| hit.score >= NEAR);
    near.map(|hit| hit.entry).collect()
}

fn best_first(a: &Hit, b: &Hit, keys: &[u32]) -> std::cmp::Ordering {
    let key = |hit: &Hit| keys.get(hit.entry as usize).copied().unwrap_or_default();
    b.score.total_cmp(&a.score).then_with(|| (key(a), a.entry).cmp(&(key(b), b.entry)))
}
