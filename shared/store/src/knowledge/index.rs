//! Pointers to what a chatbot knows: one per source, with the pair itself for a Q&A source.

use domain::{ChatbotId, CrawlId, Result, Source, SourceId, source::QaPair};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{
    keys,
    table::client::{Range, Store},
};

/// What a pointer leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexEntry {
    /// A segment in this many parts.
    Segment {
        /// Parts of it.
        parts: u32,
        /// Passages in it; 0 if it was written before they were counted here.
        chunks: u32,
    },
    /// A question with its answer.
    Qa(QaPair),
}

/// A source that answers now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPointer {
    /// The source.
    pub source_id: SourceId,
    /// The crawl that it answers from.
    pub job: CrawlId,
    /// What it leads to.
    pub entry: IndexEntry,
    /// What a pair means, as bytes that only those understand who made them. That of a segment is
    /// in it.
    pub meaning: Option<Vec<u8>>,
}

impl IndexPointer {
    /// Passages that it leads to.
    pub fn passages(&self) -> u64 {
        match self.entry {
            IndexEntry::Segment { chunks, .. } => u64::from(chunks),
            IndexEntry::Qa(_) => 0,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PointerItem {
    source_id: SourceId,
    job: CrawlId,
    #[serde(default)]
    parts: u32,
    #[serde(default)]
    chunks: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meaning: Option<ByteBuf>,
}

impl PointerItem {
    pub fn pages(source: &Source, parts: u32, chunks: u32) -> Self {
        let (source_id, job) = (source.id, source.job);
        Self {
            source_id,
            job,
            parts,
            chunks,
            question: None,
            alternatives: Vec::new(),
            answer: None,
            meaning: None,
        }
    }

    pub fn qa(source: &Source, pair: &QaPair, meaning: Option<&[u8]>) -> Self {
        let QaPair { question, alternatives, answer } = pair.clone();
        Self {
            source_id: source.id,
            job: source.job,
            parts: 0,
            chunks: 0,
            question: Some(question),
            alternatives,
            answer: Some(answer),
            meaning: meaning.map(ByteBuf::from),
        }
    }
}

impl From<PointerItem> for IndexPointer {
    fn from(from: PointerItem) -> Self {
        let PointerItem { source_id, job, question, alternatives, answer, meaning, .. } = from;
        let (parts, chunks) = (from.parts, from.chunks);
        let entry = match (question, answer) {
            (Some(question), Some(answer)) => {
                IndexEntry::Qa(QaPair { question, alternatives, answer })
            }
            _ => IndexEntry::Segment { parts, chunks },
        };
        Self { source_id, job, entry, meaning: meaning.map(ByteBuf::into_vec) }
    }
}

impl Store {
    /// Everything that a chatbot answers from now.
    pub async fn index_pointers(&self, chatbot: ChatbotId) -> Result<Vec<IndexPointer>> {
        let range = Range::prefix(keys::index_partition(chatbot), keys::SOURCE);
        let items: Vec<PointerItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// How many passages the sources of `chatbot` but `source` answer from now.
    pub async fn other_passages(&self, chatbot: ChatbotId, source: SourceId) -> Result<u64> {
        let pointers = self.index_pointers(chatbot).await?;
        let others = pointers.iter().filter(|pointer| pointer.source_id != source);
        Ok(others.map(IndexPointer::passages).sum())
    }

    /// What one source answers from now.
    pub async fn index_pointer(
        &self,
        chatbot: ChatbotId,
        source: SourceId,
    ) -> Result<Option<IndexPointer>> {
        let found: Option<PointerItem> =
            self.get(&keys::index_pointer(chatbot, source), true).await?;
        Ok(found.map(Into::into))
    }
}
