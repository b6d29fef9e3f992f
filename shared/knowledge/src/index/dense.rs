//! Impacts of the terms that many entries have, one for each entry whether it has the term or not: to add up
//! a whole row takes less time than to look for the places of a part of it.

use std::cmp::Reverse;

use super::{Index, place};

/// A term that one of this many entries has is one of them.
const ONE_OF: usize = 7;
/// Fewer entries than this are searched as fast without.
const MIN_ENTRIES: usize = 256;

/// A row of impacts for each of the terms.
#[derive(Default)]
pub(super) struct Dense {
    /// The terms, in order.
    terms: Vec<u32>,
    /// Their rows.
    impacts: Vec<f32>,
    entries: usize,
}

impl Dense {
    /// That of the postings of `index`.
    pub fn of_index(index: &Index) -> Self {
        let entries = index.len();
        let mut dense = Self { entries, ..Self::default() };
        if entries < MIN_ENTRIES {
            return dense;
        }
        let count = |term: &u32| index.postings(*term).len();
        let is_frequent = |term: &u32| count(term) * ONE_OF >= entries;
        let mut terms: Vec<u32> =
            (0..place(index.vocabulary.terms())).filter(is_frequent).collect();
        // All rows have at most half of the bytes of the postings.
        terms.sort_by_key(|term| (Reverse(count(term)), *term));
        terms.truncate(index.postings.len() / entries);
        terms.sort_unstable();
        for term in terms {
            let postings = index.postings(term);
            let begin = dense.impacts.len();
            dense.terms.push(term);
            dense.impacts.resize(begin + entries, 0.0);
            for (entry, impact) in postings {
                dense.impacts[begin + *entry as usize] = *impact;
            }
        }
        dense
    }

    /// The row of a term, if it is one of them.
    pub fn of(&self, term: u32) -> Option<&[f32]> {
        let at = self.terms.binary_search(&term).ok()?;
        self.impacts.get(at * self.entries..(at + 1) * self.entries)
    }
}
