//! A question as terms of an index.

use crate::{index::Index, text};

/// Terms of a question that are looked for; the rest of a longer one is left out.
const MOST_TERMS: usize = 256;
/// A word that no entry has is taken for one that is nearly the same, at this much of its worth.
const SIMILAR: f32 = 0.5;
/// For how many such words one stands at the most.
const MOST_SIMILAR: usize = 3;

/// Entries that are asked for to learn how much alike all are, and the words of each.
const SAMPLE: usize = 64;
const OWN_TERMS: usize = 12;

/// Stands in [`Asked::order`] for a term that no entry has.
pub(crate) const NONE: u16 = u16::MAX;

/// A term that is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AskedTerm {
    pub term: u32,
    /// What it is worth.
    pub worth: f32,
    /// How often it is asked for.
    pub times: f32,
    /// Whether it is of a word that says nothing of what the question is about.
    pub stop: bool,
}

/// A question, as terms of an index.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// Each different one once.
    pub terms: Vec<AskedTerm>,
    /// Places in `terms`, in order.
    pub order: Vec<u16>,
    /// What the words are worth that no entry has.
    pub unknown_worth: f32,
    /// How many they are.
    pub unknown: u32,
    /// What one of them is worth.
    pub most: f32,
}

impl Asked {
    /// What all words are worth together, each as often as it is asked for.
    pub fn total_worth(&self) -> f32 {
        let known: f32 = self.terms.iter().map(|term| term.worth * term.times).sum();
        known + self.unknown_worth
    }

    /// What the term at `place` is worth.
    pub fn worth(&self, place: u16) -> f32 {
        self.terms.get(usize::from(place)).map_or(self.most, |term| term.worth)
    }
}

impl Index {
    fn ask_for(&self, at: u32, asked: &mut Asked) {
        let place = asked.terms.iter().position(|known| known.term == at);
        let place = place.unwrap_or_else(|| {
            let (worth, stop) = (self.weights[at as usize], self.is_stop(at));
            asked.terms.push(AskedTerm { term: at, worth, times: 0.0, stop });
            asked.terms.len() - 1
        });
        asked.terms[place].times += 1.0;
        asked.order.push(u16::try_from(place).unwrap_or(NONE));
    }

    /// An entry's own first words, as if somebody asked for it.
    fn asked_for(&self, entry: u32) -> Asked {
        let mut asked = Asked { most: self.unknown(), ..Asked::default() };
        self.each_term(entry, |term, _| {
            if asked.order.len() < OWN_TERMS {
                self.ask_for(term, &mut asked);
            }
        });
        asked
    }

    /// How much of one entry's words others have, on average: see [`crate::evidence::Evidence`].
    pub(crate) fn measure_crowd(&self) -> f32 {
        let step = self.len().div_ceil(SAMPLE).max(1);
        let entries = (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).step_by(step);
        let count = entries.len().max(1) as f32;
        let crowds = entries.map(|entry| {
            let ranking = self.rank_asked(&self.asked_for(entry), 0, Some(entry));
            ranking.evidence.covered_by_many
        });
        crowds.sum::<f32>() / count
    }

    pub(crate) fn asked(&self, question: &str) -> Asked {
        let mut asked = Asked { most: self.unknown(), ..Asked::default() };
        for term in self.stems.terms(question).take(MOST_TERMS) {
            if let Some(at) = self.known(&term) {
                self.ask_for(at, &mut asked);
                continue;
            }
            asked.order.push(NONE);
            if text::is_stop(&term) {
                continue;
            }
            asked.unknown += 1;
            asked.unknown_worth += asked.most;
            for (at, likeness) in self.similar(&term, MOST_SIMILAR) {
                if asked.terms.iter().all(|known| known.term != at) {
                    let times = SIMILAR * likeness;
                    let worth = self.weights[at as usize] * times;
                    asked.terms.push(AskedTerm { term: at, worth, times, stop: false });
                    asked.unknown_worth -= asked.most * SIMILAR / MOST_SIMILAR as f32;
                }
            }
        }
        asked
    }
}
