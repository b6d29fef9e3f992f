//! Ranking: which entries a question shares most with.
//!
//! One pass over the postings of the question's terms adds up impacts in an array with a place for
//! each entry; where the best are much alike, what they have in common is asked for too
//! ([`crate::feedback`]). The best are then looked at word by word: neighbours in the question that
//! are neighbours there too count a little more (after Metzler and Croft, "A Markov random field
//! model for term dependencies", 2005), and what is seen on the way says how sure a match is
//! ([`crate::evidence`]).

use std::cell::RefCell;

use crate::{
    evidence::{Evidence, Gathering},
    index::{Index, LEAST_ENTRIES},
    question::{Asked, NONE},
};

/// What two neighbours count for, beside what each does alone.
const NEIGHBOURS: f32 = 0.15;
/// How many of the best are looked at word by word.
pub(crate) const LOOKED_AT: usize = 24;

/// An entry and how well it matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The entry: passages of all segments in order, then pairs.
    pub entry: u32,
    /// Its score, larger for a better match; comparable within one question only.
    pub score: f32,
}

/// What a question led to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// The best entries, best first.
    pub hits: Vec<Hit>,
    /// What was seen that tells whether they are about the question.
    pub evidence: Evidence,
    /// What the question's words are worth together, those that no entry has too.
    pub worth: f32,
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
    /// The best `depth` entries for `question`.
    pub fn rank(&self, question: &str, depth: usize) -> Ranking {
        self.rank_asked(&self.asked(question), depth, None)
    }

    /// The best `depth` entries for what is `asked`, apart from `one`.
    pub(crate) fn rank_asked(&self, asked: &Asked, depth: usize, one: Option<u32>) -> Ranking {
        if asked.terms.is_empty() {
            return Ranking { worth: asked.unknown_worth, ..Ranking::default() };
        }
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.fit(self);
            for term in &asked.terms {
                self.add(term.term, term.times, &mut scratch.scores);
            }
            if let Some(score) = one.and_then(|one| scratch.scores.get_mut(one as usize)) {
                *score = 0.0;
            }
            self.feed_back(asked, scratch);
            if let Some(score) = one.and_then(|one| scratch.scores.get_mut(one as usize)) {
                *score = 0.0;
            }
            let mut hits = best(depth.max(LOOKED_AT), &scratch.scores[..self.len()]);
            scratch.scores[..self.len()].fill(0.0);
            for (place, term) in (0u16..).zip(&asked.terms) {
                scratch.places[term.term as usize] = place;
            }
            let evidence = self.look_at(asked, &mut hits, &scratch.places);
            for term in &asked.terms {
                scratch.places[term.term as usize] = NONE;
            }
            hits.truncate(depth);
            Ranking { hits, evidence, worth: asked.total_worth() }
        })
    }

    /// Adds what `term` is worth where it stands.
    pub(crate) fn add(&self, term: u32, times: f32, scores: &mut [f32]) {
        for (entry, impact) in self.postings(term) {
            scores[*entry as usize] += impact * times;
        }
    }

    fn look_at(&self, asked: &Asked, hits: &mut [Hit], places: &[u16]) -> Evidence {
        let looked_at = hits.len().min(LOOKED_AT);
        let mut gathering = Gathering::new(asked);
        // The last is the hit that the two were last seen in.
        let mut neighbours: Vec<(u16, u16, f32, usize)> = asked
            .order
            .windows(2)
            .filter(|two| !two.contains(&NONE))
            .map(|two| (two[0], two[1], asked.worth(two[0]) + asked.worth(two[1]), 0))
            .collect();
        for (at, hit) in (1..).zip(&mut hits[..looked_at]) {
            gathering.begin();
            let mut before = NONE;
            let mut more = 0.0;
            self.each_term(hit.entry, |term, _| {
                let place = places[term as usize];
                if place != NONE && before != NONE {
                    for (first, second, worth, seen) in &mut neighbours {
                        if (*first, *second) == (before, place) && *seen < at {
                            *seen = at;
                            more += *worth;
                        }
                    }
                }
                gathering.term(place);
                before = place;
            });
            hit.score += NEIGHBOURS * more;
            gathering.end(hit.score, more);
        }
        hits[..looked_at].sort_unstable_by(best_first);
        gathering.evidence(self.crowd, self.len() < LEAST_ENTRIES)
    }
}

/// The best `depth` of `scores`, best first.
pub(crate) fn best(depth: usize, scores: &[f32]) -> Vec<Hit> {
    // Twice as many as are wanted are gathered before the worse half goes.
    let mut hits: Vec<Hit> = Vec::with_capacity(2 * depth.min(scores.len()));
    let mut least = 0.0;
    for (entry, score) in (0u32..).zip(scores) {
        if *score > least {
            hits.push(Hit { entry, score: *score });
            if hits.len() == 2 * depth {
                hits.select_nth_unstable_by(depth - 1, best_first);
                hits.truncate(depth);
                least = hits.last().map_or(least, |hit| hit.score);
            }
        }
    }
    hits.sort_unstable_by(best_first);
    hits.truncate(depth);
    hits
}

fn best_first(a: &Hit, b: &Hit) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry))
}
