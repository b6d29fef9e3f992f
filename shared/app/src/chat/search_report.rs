//! Why a question is answered as it is: what a search finds for it and what a visitor would be told,
//! without a turn.

use domain::{
    ChatbotId, Result, WorkspaceId,
    search::{EntryKind, ReplyKind, SearchHit, SearchQuestion, SearchReport},
};
use knowledge::{Explained, SearchOutcome, Thresholds};

use super::{
    respond::{Message, Response},
    retrieve::{Query, retriever},
    turn::Chat,
};

/// Passages that are looked at, and topics that a refusal names, as in a turn.
const SEARCHED: usize = 8;
const TOPICS: usize = 3;

impl Chat {
    /// Searches what a chatbot knows as a turn does, and stores nothing.
    pub async fn search_report(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        asked: &SearchQuestion,
    ) -> Result<SearchReport> {
        let chatbot = self.app.chatbot(workspace, chatbot).await?;
        let retriever = retriever(&self.app, &self.indexes, &chatbot).await?;
        let message = Message::read(&chatbot, &asked.question, &[], &retriever.languages());
        let searched = message.searches().into_iter().next().unwrap_or_default();
        let embedding = self.app.semantics.of_question(&searched).await;
        let query = Query { text: &searched, embedding: embedding.as_ref() };
        let found = retriever.retrieve(query, SEARCHED).await?;
        let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
        let hits = retriever.explain(query, limit).await?;
        let hits = hits.into_iter().map(hit).collect();
        let thresholds = Thresholds { answer: chatbot.threshold(), near: chatbot.near_threshold() };
        let (confidence, corrections) = (found.confidence, found.corrections.clone());
        let outcome = thresholds.outcome(confidence, found.offered);
        let (reply, answer) = match message.respond(&chatbot, found, &retriever.topics(TOPICS)) {
            Response::Ask { passages, .. } => {
                let quote = passages.into_iter().find(|passage| !passage.quote.is_empty());
                (ReplyKind::Answer, quote.map(|passage| passage.quote).unwrap_or_default())
            }
            Response::Said(said) if message.is_small_talk(confidence) => {
                (ReplyKind::SmallTalk, said.text)
            }
            Response::Said(said) => {
                let reply = match outcome {
                    SearchOutcome::Sure => ReplyKind::Answer,
                    SearchOutcome::Near => ReplyKind::Offer,
                    SearchOutcome::Refused => ReplyKind::Refusal,
                };
                (reply, said.text)
            }
        };
        Ok(SearchReport {
            searched,
            corrections,
            confidence,
            confidence_threshold: thresholds.answer,
            near_threshold: thresholds.near,
            reply,
            answer,
            hits,
        })
    }
}

fn hit(from: Explained) -> SearchHit {
    let (words, characters, meaning) = from.by;
    SearchHit {
        kind: if from.likeness.is_some() { EntryKind::Pair } else { EntryKind::Passage },
        citation: from.citation,
        heading: from.heading,
        content: from.content,
        text_kind: from.kind,
        language: from.language,
        score: from.score.into(),
        words: words.into(),
        characters: characters.into(),
        meaning: meaning.into(),
        confidence: from.confidence.into(),
        is_apart: from.likeness.is_some_and(|likeness| likeness.is_apart),
    }
}
