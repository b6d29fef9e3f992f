//! What a visitor may have meant, and what a visitor can ask about.

use std::collections::HashMap;

use domain::conversation::shorten;

use super::candidates::Near;
use crate::{
    asks,
    index::{At, Index},
    outcome::Offer,
    rank::Ranking,
};

/// Offers that are made at most, how likely one needs to be, and beside the likeliest.
const MAX_OFFERS: usize = 3;
const MIN_CONFIDENCE: f32 = 0.04;
const CLOSE: f32 = 0.15;
/// The share of the question that a heading has which says something of it.
const SAYS_SOMETHING: f32 = 0.2;
/// Topics that are kept.
const MAX_TOPICS: usize = 10;
/// Characters of an offer.
const OFFER: usize = 120;

impl Index {
    /// What it can be asked about: questions of pairs, then headings, those that are questions themselves
    /// first, and of these the ones that have most below them.
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
        headings.sort_unstable_by_key(|(heading, count)| {
            (!asks::is_asked(heading), std::cmp::Reverse(*count), *heading)
        });
        let all =
            pairs.into_iter().map(|(_, text)| text).chain(headings.into_iter().map(|(h, _)| h));
        all.take(limit).map(|text| shorten(text, OFFER)).collect()
    }

    /// What the visitor may have meant, likeliest first, and how likely it is that one of them is.
    pub(super) fn offers<'n, 'i: 'n>(
        &'i self,
        ranking: &Ranking,
        near: impl IntoIterator<Item = &'n Near<'i>>,
    ) -> (Vec<Offer>, f64) {
        let mut near: Vec<&Near> = near.into_iter().collect();
        let most = near.iter().map(|near| near.confidence).fold(0.0, f32::max);
        let least = MIN_CONFIDENCE.max(CLOSE * most);
        near.retain(|near| near.confidence >= least);
        near.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.place.cmp(&b.place)));
        let (mut offers, mut offered): (Vec<Offer>, f64) = (Vec::new(), 0.0);
        for near in near {
            let Some(hit) = ranking.hits.get(near.place) else { continue };
            let text = match near.pair {
                Some((pair, _)) => pair.pair.question.clone(),
                None => self.named_heading(hit.entry, near.closeness.heading_covered),
            };
            let text = shorten(&text, OFFER);
            let Some(citation) = self.citation(hit.entry).filter(|_| !text.is_empty()) else {
                continue;
            };
            if offers.iter().all(|offer| offer.text != text) {
                offers.push(Offer { text, citation });
                offered += f64::from(near.confidence);
            }
            if offers.len() == MAX_OFFERS {
                break;
            }
        }
        (offers, offered.min(1.0))
    }

    /// The heading of a passage; one that says nothing of what is asked ("How it works") behind the
    /// title of its page.
    fn named_heading(&self, entry: u32, covered: f32) -> String {
        let heading = self.heading(entry).unwrap_or_default();
        match self.title_and_heading(entry) {
            Some(both) if covered < SAYS_SOMETHING => both,
            _ => heading.to_owned(),
        }
    }

    /// The title of a passage's page and its heading, where both say something.
    pub(super) fn title_and_heading(&self, entry: u32) -> Option<String> {
        let At::Passage { segment, place } = *self.entries.get(entry as usize)? else {
            return None;
        };
        let (above, _) = self.parts.get(segment as usize)?.segment.above(place as usize)?;
        let heading = above.headings.last()?;
        let has = !above.title.is_empty() && !heading.is_empty() && above.title != *heading;
        has.then(|| format!("{}: {heading}", above.title))
    }
}
