//! Retrieval with the table's own vector index, for a chatbot that knows too much to hold in memory.
//!
//! The index names the passages nearest to the question. Those, with the chatbot's pairs, are
//! searched by their words in memory as everything is elsewhere, and the two orders are put
//! together by reciprocal rank. So a pair is given word for word here too, and a passage that names
//! what the question names ranks above one that is only about the like.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use domain::{
    ChatbotId, Citation, CrawlId, Error, Result, SourceId,
    conversation::shorten,
    source::{Chunk, QaPair},
};
use futures::{FutureExt, future::BoxFuture};
use knowledge::{
    Explained, Found, Index, Match, Passage, Segment,
    text::{self, Language},
};
use store::{NearChunk, Store};

use super::{Query, Retriever};
use crate::knowledge::indexes::Large;

/// How many passages are requested of the index: more than are wanted, since those of a crawl that was
/// replaced are there until they are cleared away.
const ASKED: u32 = 100;
/// How many of them are searched.
const SEARCHED: usize = 50;
/// What makes the first ranks not weigh all: the usual constant of reciprocal rank fusion.
const SMOOTH: f64 = 60.0;
/// Characters of a quotation from a passage that shares no word with the question.
const QUOTE: usize = 160;
/// What a rank by words counts for beside one by nearness: of two that are equal, words decide.
const BY_WORDS: f64 = 1.05;
/// Characters of a topic.
const TOPIC: usize = 120;
/// Pairs that tell in which language most of the knowledge is.
const SAMPLED: usize = 20;
/// A pair that is less likely to ask the same leaves the question to the passages.
const SURE: f64 = 0.5;

/// What names the passages nearest to a vector: the table's index, or a fake.
pub trait VectorSearch: Send + Sync {
    /// Up to `most` passages of `chatbot`, nearest first.
    fn near(
        &self,
        chatbot: ChatbotId,
        vector: &[f32],
        most: u32,
    ) -> impl Future<Output = Result<Vec<NearChunk>>> + Send;
}

impl VectorSearch for Store {
    async fn near(&self, chatbot: ChatbotId, vector: &[f32], most: u32) -> Result<Vec<NearChunk>> {
        Self::near(self, chatbot, vector, most).await
    }
}

/// Searches the passages of one chatbot with a vector index.
pub struct VectorTable<S> {
    search: S,
    chatbot: ChatbotId,
    known: Arc<Large>,
}

impl<S: VectorSearch> VectorTable<S> {
    /// Searches what is `known` of `chatbot` with `search`.
    pub(crate) fn new(search: S, chatbot: ChatbotId, known: Arc<Large>) -> Self {
        Self { search, chatbot, known }
    }
}

impl<S: VectorSearch> Retriever for VectorTable<S> {
    fn retrieve<'a>(&'a self, query: Query<'a>, limit: usize) -> BoxFuture<'a, Result<Found>> {
        let Large { current, pairs } = &*self.known;
        let vector = query.embedding.map(|embedding| embedding.vector.numbers());
        async move {
            let nearest =
                Nearest::to(&self.search, self.chatbot, vector, current, pairs.clone()).await?;
            let found = nearest.find(query.text, limit);
            // Without a vector nothing but the pairs was looked at: that is no refusal.
            match vector.is_some() || matches!(found.best, Match::Pair(..)) {
                true => Ok(found),
                false => Err(Error::internal("the passages could not be searched").retry_after(5)),
            }
        }
        .boxed()
    }

    /// What its words show; how near a passage is was the index's to say.
    fn explain<'a>(
        &'a self,
        query: Query<'a>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Explained>>> {
        let Large { current, pairs } = &*self.known;
        let vector = query.embedding.map(|embedding| embedding.vector.numbers());
        async move {
            let nearest =
                Nearest::to(&self.search, self.chatbot, vector, current, pairs.clone()).await?;
            Ok(nearest.index.explain(query.text, None, limit))
        }
        .boxed()
    }

    /// Questions of its pairs: headings would have to be read first.
    fn topics(&self, limit: usize) -> Vec<String> {
        let questions = self.known.pairs.iter().map(|(_, pair)| shorten(&pair.question, TOPIC));
        questions.take(limit).collect()
    }

    /// That of its pairs: passages would have to be read first.
    fn languages(&self) -> Vec<Language> {
        let questions = self.known.pairs.iter().map(|(_, pair)| pair.question.as_str());
        let questions: Vec<&str> = questions.take(SAMPLED).collect();
        vec![text::detect(&questions.join("\n"))]
    }

    fn has_pair(&self, source: SourceId, answer: &str) -> bool {
        self.known.pairs.iter().any(|(id, pair)| *id == source && pair.answer == answer)
    }
}

/// The passages nearest to one question, ready to be searched for it.
struct Nearest {
    /// In the order of nearness, each with how near it is, from 0 to 1.
    passages: Vec<(Passage, f64)>,
    index: Index,
}

impl Nearest {
    /// Asks `search` for the passages nearest to a question's `vector`; without one there are only
    /// `pairs`, which are all of the chatbot's. Of the crawls those count that are `current`.
    async fn to(
        search: &impl VectorSearch,
        chatbot: ChatbotId,
        vector: Option<&[f32]>,
        current: &HashSet<(SourceId, CrawlId)>,
        pairs: Vec<(SourceId, QaPair)>,
    ) -> Result<Self> {
        let mut near = match vector {
            Some(vector) => search.near(chatbot, vector, ASKED).await?,
            None => Vec::new(),
        };
        near.retain(|found| current.contains(&(found.source, found.job)));
        near.truncate(SEARCHED);
        let passages = near.iter().map(passage).collect();
        let mut by_source: BTreeMap<SourceId, Vec<Chunk>> = BTreeMap::new();
        for NearChunk { source, chunk, .. } in near {
            by_source.entry(source).or_default().push(chunk);
        }
        let segments = by_source
            .into_iter()
            .map(|(source, chunks)| (source, Arc::new(Segment::build(&chunks))));
        Ok(Self { passages, index: Index::new(segments, pairs) })
    }
}

/// A passage as it is, and how near.
fn passage(near: &NearChunk) -> (Passage, f64) {
    let NearChunk { source, job: _, chunk, distance } = near;
    let title = chunk.headings.last().unwrap_or(&chunk.title);
    let mut quote = String::new();
    for sentence in text::sentences(&chunk.content) {
        if !quote.is_empty() {
            quote.push(' ');
        }
        quote.push_str(sentence);
        if quote.chars().count() >= QUOTE {
            break;
        }
    }
    let citation =
        Citation { source_id: *source, url: chunk.url.clone(), title: shorten(title, 120) };
    let passage = Passage { citation, content: chunk.content.clone(), quote, score: 0.0 };
    (passage, (1.0 - distance).clamp(0.0, 1.0))
}

fn same(a: &Passage, b: &Passage) -> bool {
    a.citation == b.citation && a.content == b.content
}

impl Nearest {
    /// The best `limit` of the passages, or the pair that asks the same.
    fn find(&self, question: &str, limit: usize) -> Found {
        let (by_words, sure) = match self.index.find(question, self.passages.len()) {
            found @ Found { best: Match::Pair(..), .. } if found.confidence >= SURE => {
                return found;
            }
            Found { best: Match::Passages(passages), confidence, .. } => (passages, confidence),
            Found { best: Match::Pair(..) | Match::Nothing, .. } => (Vec::new(), 0.0),
        };
        let worth = |rank: usize| 1.0 / (SMOOTH + 1.0 + rank as f64);
        let mut fused: Vec<(Passage, f64)> = self
            .passages
            .iter()
            .enumerate()
            .map(|(rank, (near, nearness))| {
                let found = by_words.iter().enumerate().find(|(_, other)| same(near, other));
                let Some((other_rank, other)) = found else {
                    return (Passage { score: worth(rank), ..near.clone() }, *nearness);
                };
                let score = worth(rank) + BY_WORDS * worth(other_rank);
                // How sure the words are is said of the best of them.
                let sure = if other_rank == 0 { nearness.max(sure) } else { *nearness };
                (Passage { score, ..other.clone() }, sure)
            })
            .collect();
        // Those worth the same stay in the order of nearness.
        fused.sort_by(|(a, _), (b, _)| b.score.total_cmp(&a.score));
        fused.truncate(limit);
        let Some(confidence) = fused.first().map(|(_, sure)| *sure) else {
            return Found::nothing();
        };
        let passages = fused.into_iter().map(|(passage, _)| passage).collect();
        Found { best: Match::Passages(passages), confidence, ..Found::nothing() }
    }
}

#[cfg(test)]
mod tests {
    use domain::Error;

    use super::*;

    struct Fake(Vec<NearChunk>);

    impl VectorSearch for Fake {
        async fn near(&self, of: ChatbotId, vector: &[f32], most: u32) -> Result<Vec<NearChunk>> {
            assert_eq!((of, vector), (id(1), &[0.6, 0.8][..]));
            assert!(most as usize >= self.0.len());
            Ok(self.0.clone())
        }
    }

    struct Broken;

    impl VectorSearch for Broken {
        async fn near(&self, _: ChatbotId, _: &[f32], _: u32) -> Result<Vec<NearChunk>> {
            Err(Error::internal("no such index"))
        }
    }

    fn id<T: std::str::FromStr<Err = Error>>(last: u8) -> T {
        format!("0197a000-0000-7000-8000-{last:012}").parse().unwrap()
    }

    fn near(job: u8, text: &str, distance: f64) -> NearChunk {
        let chunk = Chunk {
            id: text.to_owned(),
            content: text.to_owned(),
            headings: Vec::new(),
            url: Some("https://example.com/".to_owned()),
            title: "Example".to_owned(),
            tokens: 8,
            ..Chunk::default()
        };
        NearChunk { source: id(2), job: id(job), chunk, distance }
    }

    async fn nearest(found: Vec<NearChunk>, pairs: &[(&str, &str)]) -> Nearest {
        let current = HashSet::from([(id(2), id(3))]);
        let pair = |(question, answer): &(&str, &str)| {
            let (question, answer) = ((*question).to_owned(), (*answer).to_owned());
            (id(5), QaPair { question, alternatives: Vec::new(), answer })
        };
        let pairs = pairs.iter().map(pair).collect();
        let vector = [0.6, 0.8];
        Nearest::to(&Fake(found), id(1), Some(&vector), &current, pairs).await.unwrap()
    }

    fn texts(found: &Found) -> Vec<&str> {
        match &found.best {
            Match::Passages(passages) => passages.iter().map(|p| p.content.as_str()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn what_is_near_and_shares_words_comes_before_what_is_only_near() {
        let found = vec![
            near(3, "Cars may be left behind the house.", 0.2),
            near(3, "There is parking for visitors in the yard.", 0.3),
            near(4, "Parking of a crawl that was replaced.", 0.1),
        ];
        let nearest = nearest(found, &[]).await;
        let found = nearest.find("Is there parking?", 5);
        assert_eq!(
            texts(&found),
            ["There is parking for visitors in the yard.", "Cars may be left behind the house."]
        );
        assert_eq!(texts(&nearest.find("Is there parking?", 1)).len(), 1);
    }

    #[tokio::test]
    async fn what_shares_no_word_is_found_as_surely_as_it_is_near() {
        let far = near(3, "We sell bread.", 1.4);
        let nearest = nearest(vec![near(3, "Cars may be left here.", 0.25), far], &[]).await;
        let found = nearest.find("Is there parking?", 5);
        assert_eq!(texts(&found), ["Cars may be left here.", "We sell bread."]);
        assert_eq!(found.confidence, 0.75);
        let Match::Passages(passages) = found.best else { panic!() };
        assert_eq!(passages[0].quote, "Cars may be left here.");
    }

    #[tokio::test]
    async fn a_pair_is_given_word_for_word_and_nothing_near_is_nothing() {
        let nearest = nearest(Vec::new(), &[("Is there parking?", "Yes.")]).await;
        let Match::Pair(pair, _) = nearest.find("is there PARKING", 5).best else { panic!() };
        assert_eq!(pair.answer, "Yes.");
        let nothing = nearest.find("How do I cook pasta?", 5);
        assert_eq!(nothing, Found::nothing());
    }

    #[tokio::test]
    async fn what_could_not_be_searched_is_an_error_and_not_a_refusal() {
        let pair = QaPair {
            question: "Why?".to_owned(),
            alternatives: Vec::new(),
            answer: "Because.".to_owned(),
        };
        let known = Large { current: HashSet::new(), pairs: vec![(id(5), pair)] };
        let table = VectorTable::new(Broken, id(1), Arc::new(known));
        let query = |text| Query { text, embedding: None };
        let found = table.retrieve(query("why"), 5).await.unwrap();
        assert!(matches!(found.best, Match::Pair(..)), "a pair needs no vector");
        let error = table.retrieve(query("Where?"), 5).await.unwrap_err();
        assert_eq!(error.retry_after, Some(5));
    }

    #[tokio::test]
    async fn an_index_that_does_not_answer_is_an_error_and_not_an_empty_one() {
        let current = HashSet::new();
        assert!(Nearest::to(&Broken, id(1), Some(&[1.0]), &current, Vec::new()).await.is_err());
        // It isn't asked where there is nothing to ask for.
        let pair = QaPair {
            question: "Why?".to_owned(),
            alternatives: Vec::new(),
            answer: "Because.".to_owned(),
        };
        let pairs = vec![(id(5), pair)];
        let nearest = Nearest::to(&Broken, id(1), None, &current, pairs).await.unwrap();
        assert!(matches!(nearest.find("why", 5).best, Match::Pair(..)));
        assert_eq!(nearest.find("Where?", 5).best, Match::Nothing);
    }
}
