//! The indexes that this process has loaded, one per chatbot and version.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{Chatbot, ChatbotId, Error, JobId, Result, SourceId, source::QaPair};
use knowledge::{
    Index, Segment,
    semantic::{EntryEmbedding, Vectors, unpack},
};
use store::{IndexEntry, IndexPointer, Store};
use tokio::sync::Mutex as AsyncMutex;

use crate::Core;

/// Chatbots whose indexes stay loaded.
const MOST: usize = 64;
/// How often a load that was overtaken by a change begins again.
const ATTEMPTS: u32 = 3;

/// What a chatbot knows.
#[derive(Clone)]
pub(crate) enum Known {
    /// All of it, in memory.
    InMemory(Arc<Index>),
    /// Too much for that: its passages are searched by the table's vector index.
    InTable(Arc<Large>),
}

/// What has to be known of a chatbot whose passages are searched by the table's index.
pub(crate) struct Large {
    /// The crawls that count.
    pub current: HashSet<(SourceId, JobId)>,
    /// All pairs.
    pub pairs: Vec<(SourceId, QaPair)>,
}

struct Loaded {
    version: u64,
    known: Known,
    segments: HashMap<(SourceId, JobId), Part>,
}

/// A segment, and what its passages mean if that is known.
type Part = (Arc<Segment>, Option<Arc<Vectors>>);

type Slot = Arc<AsyncMutex<Option<Loaded>>>;

#[derive(Default)]
struct Slots {
    by_chatbot: HashMap<ChatbotId, (u64, Slot)>,
    uses: u64,
}

/// Loads an index when a newer version is asked for, once however many ask at the same time, and
/// keeps the segments that did not change.
#[derive(Clone, Default)]
pub(crate) struct Indexes(Arc<Mutex<Slots>>);

impl Indexes {
    /// The index of `chatbot` at its current version, or a newer one.
    pub async fn current(&self, core: &Core, chatbot: &Chatbot) -> Result<Known> {
        let slot = self.slot(chatbot.id);
        let mut loaded = slot.lock().await;
        if let Some(loaded) = loaded.as_ref().filter(|l| l.version >= chatbot.index_version) {
            return Ok(loaded.known.clone());
        }
        let none = HashMap::new();
        let known = loaded.as_ref().map_or(&none, |loaded| &loaded.segments);
        let fresh = load(core, chatbot, known).await?;
        let known = fresh.known.clone();
        *loaded = Some(fresh);
        Ok(known)
    }

    fn slot(&self, chatbot: ChatbotId) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.uses += 1;
        let now = slots.uses;
        let (used, slot) = slots.by_chatbot.entry(chatbot).or_default();
        *used = now;
        let slot = slot.clone();
        if slots.by_chatbot.len() > MOST {
            let oldest = slots.by_chatbot.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                slots.by_chatbot.remove(&oldest);
            }
        }
        slot
    }
}

async fn segment(
    store: &Store,
    (source, job): (SourceId, JobId),
    parts: u32,
) -> Result<Option<Part>> {
    let Some(bytes) = store.segment(source, job, parts).await? else { return Ok(None) };
    let read = unpack(&bytes).map_err(|error| error.to_string()).and_then(|(segment, vectors)| {
        let segment = Segment::decode(segment).map_err(|error| error.to_string())?;
        Ok((Arc::new(segment), vectors.map(Arc::new)))
    });
    match read {
        Ok(part) => Ok(Some(part)),
        // Of another format: what it was made of is there, and answers until the next crawl.
        Err(error) => {
            tracing::warn!(%source, %error, "an index segment can't be read and is made anew");
            let chunks = store.chunks(source, job).await?;
            Ok((!chunks.is_empty()).then(|| (Arc::new(Segment::build(&chunks)), None)))
        }
    }
}

async fn load(
    core: &Core,
    chatbot: &Chatbot,
    known: &HashMap<(SourceId, JobId), Part>,
) -> Result<Loaded> {
    'again: for attempt in 1.. {
        let mut segments: HashMap<(SourceId, JobId), Part> = HashMap::new();
        let mut pairs: Vec<(SourceId, QaPair)> = Vec::new();
        let mut meant: Vec<Option<Vec<u8>>> = Vec::new();
        let pointers = core.store.index_pointers(chatbot.id).await?;
        if core.semantics.searches_in_table(passages(&pointers)) {
            let known = Known::InTable(Arc::new(large(pointers)));
            return Ok(Loaded { version: chatbot.index_version, known, segments });
        }
        for IndexPointer { source_id, job, entry, meaning } in pointers {
            let key = (source_id, job);
            match entry {
                IndexEntry::Qa(pair) => {
                    pairs.push((source_id, pair));
                    meant.push(meaning);
                }
                IndexEntry::Segment { parts, chunks: _ } => {
                    let part = match known.get(&key) {
                        Some(part) => part.clone(),
                        None => match segment(&core.store, key, parts).await? {
                            Some(part) => part,
                            // Replaced and cleared away between the two reads.
                            None if attempt < ATTEMPTS => continue 'again,
                            // One source that can't be read must not silence the others.
                            None => {
                                tracing::error!(source = %key.0, job = %key.1, "no index segment");
                                continue;
                            }
                        },
                    };
                    segments.insert(key, part);
                }
            }
        }
        let meaning = core.semantics.model().map(|model| meaning(model, &segments, meant));
        let of_source =
            segments.iter().map(|((source, _), (segment, _))| (*source, segment.clone()));
        let index = Index::new(of_source, pairs);
        let index = Arc::new(match meaning {
            Some(embeddings) => index.with_embeddings(embeddings),
            None => index,
        });
        let known = Known::InMemory(index);
        return Ok(Loaded { version: chatbot.index_version, known, segments });
    }
    Err(Error::internal("an index segment is missing"))
}

fn passages(pointers: &[IndexPointer]) -> u64 {
    let of = |pointer: &IndexPointer| match pointer.entry {
        IndexEntry::Segment { chunks, .. } => u64::from(chunks),
        IndexEntry::Qa(_) => 0,
    };
    pointers.iter().map(of).sum()
}

fn large(pointers: Vec<IndexPointer>) -> Large {
    let mut large = Large { current: HashSet::new(), pairs: Vec::new() };
    for IndexPointer { source_id, job, entry, meaning: _ } in pointers {
        match entry {
            IndexEntry::Segment { .. } => {
                large.current.insert((source_id, job));
            }
            IndexEntry::Qa(pair) => large.pairs.push((source_id, pair)),
        }
    }
    large
}

/// What all entries mean, in the order that the index has them: that of the map, then the pairs.
fn meaning(
    model: &str,
    segments: &HashMap<(SourceId, JobId), Part>,
    pairs: Vec<Option<Vec<u8>>>,
) -> EntryEmbedding {
    let mut embeddings = EntryEmbedding::of(model);
    for (segment, vectors) in segments.values() {
        embeddings.add(segment.len(), vectors.clone());
    }
    for pair in pairs {
        let vectors = pair.and_then(|bytes| Vectors::from_bytes(&bytes).ok());
        embeddings.add(1, vectors.map(Arc::new));
    }
    embeddings
}
