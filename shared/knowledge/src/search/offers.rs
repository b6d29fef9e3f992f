//! What a visitor may have meant, and what a visitor can ask about.

use std::collections::HashMap;

use domain::conversation::shorten;

use super::candidates::NearPair;
use crate::{
    index::{At, Index},
    outcome::Offer,
    rank::Ranking,
};

/// Offers that are made at most, and the share of the best one's score that one needs.
const MAX_OFFERS: usize = 3;
const CLOSE: f32 = 0.4;
/// Topics that are kept.
const MAX_TOPICS: usize = 10;
/// Characters of an offer.
const OFFER: usize = 120;

impl Index {
    /// What it can be asked about: questions of pairs, then headings that have most below them.
    pub fn topics(&self, limit: usize) -> Vec<String> {
        let topics = self.topics.get_or_init(|| self.find_topics(MAX_TOPICS));
        topics.iter().take(limit).cloned().collect()
    }

    fn find_topics(&self, limit: usize) -> Vec<String> {
        let mut pairs: Vec<(u32, &str)> = Vec::new();
        let mut headings: HashMap<&str, usize> = HashMap::new();
        for (entry, key) in (0u32..).zip(&self.keys) {
            match self.pair_of(entry) {
                Some(pair) => pairs.push((*key, &pair.pair.question)),
                None => {
                    let heading = self.heading(entry).unwrap_or_default();
                    *headings.entry(heading).or_default() += 1;
                }
            }
        }
        pairs.sort_unstable();
        let mut headings: Vec<(&str, usize)> =
            headings.into_iter().filter(|(heading, _)| !heading.is_empty()).collect();
        headings.sort_unstable_by_key(|(heading, count)| (std::cmp::Reverse(*count), *heading));
        let all =
            pairs.into_iter().map(|(_, text)| text).chain(headings.into_iter().map(|(h, _)| h));
        all.take(limit).map(|text| shorten(text, OFFER)).collect()
    }

    /// What the visitor may have meant; the passage in the place `first` before others.
    pub(super) fn offers(
        &self,
        ranking: &Ranking,
        first: Option<usize>,
        near: &[NearPair<'_>],
    ) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        let best = ranking.hits.first().map_or(0.0, |hit| hit.score);
        let first = first.and_then(|first| ranking.hits.get(first));
        let close = ranking.hits.iter().filter(|hit| hit.score >= CLOSE * best);
        for hit in first.into_iter().chain(close) {
            if offers.len() == MAX_OFFERS {
                break;
            }
            let pair = near.iter().find(|near| self.is_pair(hit.entry, near.pair));
            let offer = match (pair, self.entries.get(hit.entry as usize)) {
                (Some(near), _) => {
                    Some((near.pair.pair.question.clone(), near.pair.citation.clone()))
                }
                (None, Some(At::Passage { .. })) => {
                    let heading = self.heading(hit.entry).filter(|heading| !heading.is_empty());
                    heading
                        .and_then(|heading| Some((heading.to_owned(), self.citation(hit.entry)?)))
                }
                (None, _) => None,
            };
            let Some((text, citation)) = offer else { continue };
            let text = shorten(&text, OFFER);
            if offers.iter().all(|offer| offer.text != text) {
                offers.push(Offer { text, citation });
            }
        }
        offers
    }
}
