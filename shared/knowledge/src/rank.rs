//! Ranking: which entries a question shares most with.
//!
//! One pass over the postings of the question's terms adds up impacts in an array with a place for
//! each entry. The best are then looked at word by word: neighbours in the question that are
//! neighbours there too count a little more (after Metzler and Croft, "A Markov random field model
//! for term dependencies", 2005), and what is seen on the way says how sure a match is.

use std::cell::RefCell;

use crate::{
    evidence::{Evidence, Gathering},
    index::Index,
};

/// What two neighbours count for, beside what each does alone.
const NEIGHBOURS: f32 = 0.1;
/// How many of the best are looked at word by word.
const LOOKED_AT: usize = 24;
/// Terms of a question that are looked for; the rest of a longer one is left out.
const MOST_TERMS: usize = 256;

/// An entry and how well it matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The entry: passages of all segments in order, then pairs.
    pub entry: u32,
    /// Its score, larger for a better match; comparable within one question only.
    pub score: f32,
}

/// A question, as terms of an index.
pub(crate) struct Asked {
    /// Each different term, what it is worth, how often it is asked for, whether it is a stop
    /// word.
    pub terms: Vec<(u32, f32, f32, bool)>,
    /// The worth of the terms that no entry has, and how many they are.
    pub unknown: (f32, u32),
    /// All known ones in order, by place in `terms`; `u8::MAX` and above stand for others.
    pub order: Vec<u16>,
}

/// What a question led to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// The best entries, best first.
    pub hits: Vec<Hit>,
    /// How sure it is that one of them is about the question.
    pub evidence: Evidence,
}

/// Stands for a term that no entry has.
const NONE: u16 = u16::MAX;

thread_local! {
    /// Scores by entry, all zero between searches; and for each term of an index its place in the
    /// question, likewise.
    static SCORES: RefCell<(Vec<f32>, Vec<u16>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Index {
    pub(crate) fn asked(&self, question: &str) -> Asked {
        let mut asked = Asked { terms: Vec::new(), unknown: (0.0, 0), order: Vec::new() };
        for term in self.stems.terms(question).take(MOST_TERMS) {
            let Some(at) = self.known(&term) else {
                let worth = self.unknown(&term);
                asked.unknown.0 += worth;
                asked.unknown.1 += u32::from(!crate::text::is_stop(&term));
                asked.order.push(NONE);
                continue;
            };
            let place = asked.terms.iter().position(|(known, ..)| *known == at);
            let place = place.unwrap_or_else(|| {
                asked.terms.push((at, self.weights[at as usize], 0.0, self.is_stop(at)));
                asked.terms.len() - 1
            });
            asked.terms[place].2 += 1.0;
            asked.order.push(u16::try_from(place).unwrap_or(NONE));
        }
        asked
    }

    /// The best `depth` entries for `question`.
    pub fn rank(&self, question: &str, depth: usize) -> Ranking {
        let asked = self.asked(question);
        SCORES.with_borrow_mut(|(scores, places)| {
            scores.resize(scores.len().max(self.len()), 0.0);
            places.resize(places.len().max(self.weights.len()), NONE);
            let mut hits = self.first_pass(&asked, depth, scores);
            for (place, (term, ..)) in (0u16..).zip(&asked.terms) {
                places[*term as usize] = place;
            }
            let evidence = self.second_pass(&asked, &mut hits, places);
            for (term, ..) in &asked.terms {
                places[*term as usize] = NONE;
            }
            Ranking { hits, evidence }
        })
    }

    fn first_pass(&self, asked: &Asked, depth: usize, scores: &mut [f32]) -> Vec<Hit> {
        for (term, _, times, _) in &asked.terms {
            for (entry, impact) in self.postings(*term) {
                scores[*entry as usize] += impact * times;
            }
        }
        // Twice as many as are wanted are gathered before the worse half goes.
        let most = depth.max(LOOKED_AT);
        let mut hits: Vec<Hit> = Vec::with_capacity(2 * most.min(self.len()));
        let mut least = 0.0;
        for (entry, score) in (0u32..).zip(&mut scores[..self.len()]) {
            if *score > least {
                hits.push(Hit { entry, score: *score });
                if hits.len() == 2 * most {
                    hits.select_nth_unstable_by(most - 1, best_first);
                    hits.truncate(most);
                    least = hits.last().map_or(least, |hit| hit.score);
                }
            }
            *score = 0.0;
        }
        hits.sort_unstable_by(best_first);
        hits.truncate(depth);
        hits
    }

    fn second_pass(&self, asked: &Asked, hits: &mut [Hit], places: &[u16]) -> Evidence {
        let looked_at = hits.len().min(LOOKED_AT);
        let (near, _) = hits.split_at_mut(looked_at);
        let mut gathering = Gathering::new(asked);
        let worth = |at: u16| asked.terms[at as usize].1;
        // The last is the entry that the two were last seen in.
        let mut neighbours: Vec<(u16, u16, f32, usize)> = asked
            .order
            .windows(2)
            .filter(|two| !two.contains(&NONE))
            .map(|two| (two[0], two[1], worth(two[0]) + worth(two[1]), 0))
            .collect();
        let mut bonus = Vec::new();
        for (at, hit) in (1..).zip(near.iter_mut()) {
            gathering.begin(hit.score);
            let mut before = NONE;
            let mut more = 0.0;
            self.each_term(hit.entry, |term, is_above| {
                let place = places[term as usize];
                if place != NONE && before != NONE {
                    for (first, second, worth, seen) in &mut neighbours {
                        if (*first, *second) == (before, place) && *seen < at {
                            *seen = at;
                            more += *worth;
                            gathering.neighbours(*worth);
                        }
                    }
                }
                gathering.term(place, is_above);
                before = place;
            });
            hit.score += tune("NB", NEIGHBOURS) * more;
            bonus.push(tune("NB", NEIGHBOURS) * more);
            gathering.end();
        }
        near.sort_unstable_by(best_first);
        gathering.evidence(&bonus, hits, 0.0)
    }
}

fn tune(name: &str, d: f32) -> f32 {
    static M: std::sync::OnceLock<f32> = std::sync::OnceLock::new();
    let _ = name;
    *M.get_or_init(|| std::env::var("NB").ok().and_then(|v| v.parse().ok()).unwrap_or(d))
}

fn best_first(a: &Hit, b: &Hit) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry))
}
