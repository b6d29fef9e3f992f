//! The indexes that this process has loaded, one per chatbot and version.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cache::ByteCache;
use domain::{
    Chatbot, ChatbotId, CrawlId, Error, Result, SourceId,
    source::{MAX_PASSAGES, QaPair},
};
use futures::{StreamExt, TryStreamExt, future, stream};
use knowledge::{
    Index, Segment, chunk,
    semantic::{EntryEmbedding, Vectors, unpack},
};
use store::{IndexEntry, IndexPointer, Store};
use tokio::sync::Mutex as AsyncMutex;

use crate::App;

/// Bytes of the indexes that are cached, of the gigabyte that a function has.
const MAX_CACHED: usize = 384 * 1024 * 1024;
/// What is indexed of a segment takes about as much again as the segment.
const INDEXED: usize = 2;
/// Passages that are loaded, however many there are.
const MAX_LOADED: usize = 2 * MAX_PASSAGES as usize;
/// Segments that are read at the same time.
const READ_AT_ONCE: usize = 16;
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
    pub current: HashSet<(SourceId, CrawlId)>,
    /// All pairs.
    pub pairs: Vec<(SourceId, QaPair)>,
}

struct Loaded {
    version: u64,
    known: Known,
    segments: HashMap<(SourceId, CrawlId), Part>,
    /// Bytes of its pairs.
    pairs: usize,
}

/// A segment, and what its passages mean if that is known.
type Part = (Arc<Segment>, Option<Arc<Vectors>>);
/// What a pair means, as it is stored; none where it has no embedding.
type PairEmbedding = Option<Vec<u8>>;

/// A chatbot's place in the cache. It is cached again with its bytes when they change.
#[derive(Clone, Default)]
struct Slot {
    loaded: Arc<AsyncMutex<Option<Loaded>>>,
    bytes: usize,
}

/// Loads an index when a newer version is needed, once however many need it at the same time, and
/// keeps the segments that did not change. Bounded by bytes: chatbots that are asked rarely are
/// loaded again.
#[derive(Clone)]
pub(crate) struct Indexes(ByteCache<ChatbotId, Slot>);

impl Default for Indexes {
    fn default() -> Self {
        Self(ByteCache::new(MAX_CACHED, |_, slot| slot.bytes))
    }
}

impl Indexes {
    /// The index of `chatbot` at its current version, or a newer one.
    pub async fn current(&self, app: &App, chatbot: &Chatbot) -> Result<Known> {
        let slot = self.0.get_or_make(&chatbot.id, Slot::default);
        let mut loaded = slot.loaded.lock().await;
        if let Some(loaded) = loaded.as_ref().filter(|l| l.version >= chatbot.index_version) {
            return Ok(loaded.known.clone());
        }
        let none = HashMap::new();
        let known = loaded.as_ref().map_or(&none, |loaded| &loaded.segments);
        let fresh = load(app, chatbot, known).await?;
        let known = fresh.known.clone();
        let bytes = fresh.bytes();
        *loaded = Some(fresh);
        drop(loaded);
        self.0.insert(chatbot.id, Slot { bytes, ..slot });
        Ok(known)
    }
}

impl Loaded {
    /// About how much memory it takes.
    fn bytes(&self) -> usize {
        let part = |(segment, vectors): &Part| {
            INDEXED * segment.bytes() + vectors.as_ref().map_or(0, |vectors| vectors.bytes())
        };
        let bytes = self.segments.values().map(part).sum::<usize>() + self.pairs;
        // One that is larger than the cache has to be in memory all the same, once it is asked.
        bytes.min(MAX_CACHED / 2)
    }
}

async fn segment(
    store: &Store,
    (source, job): (SourceId, CrawlId),
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
            tracing::warn!(%source, %error, "an index segment is unreadable, rebuilding");
            let mut chunks = store.chunks(source, job).await?;
            chunk::say_repeated_lines_once(&mut chunks);
            Ok((!chunks.is_empty()).then(|| (Arc::new(Segment::build(&chunks)), None)))
        }
    }
}

/// The segments that `pointers` lead to and are not `known`; those that are not all there are left
/// out.
async fn read(
    app: &App,
    pointers: &[IndexPointer],
    known: &HashMap<(SourceId, CrawlId), Part>,
) -> Result<HashMap<(SourceId, CrawlId), Part>> {
    let wanted: Vec<((SourceId, CrawlId), u32)> = pointers
        .iter()
        .filter_map(|pointer| match pointer.entry {
            IndexEntry::Segment { parts, .. } => Some(((pointer.source_id, pointer.job), parts)),
            IndexEntry::Qa(_) => None,
        })
        .filter(|(key, _)| !known.contains_key(key))
        .collect();
    stream::iter(wanted)
        .map(|(key, parts)| async move {
            Ok(segment(&app.store, key, parts).await?.map(|part| (key, part)))
        })
        .buffer_unordered(READ_AT_ONCE)
        .try_filter_map(|part| future::ready(Ok(part)))
        .try_collect()
        .await
}

async fn load(
    app: &App,
    chatbot: &Chatbot,
    known: &HashMap<(SourceId, CrawlId), Part>,
) -> Result<Loaded> {
    'again: for attempt in 1.. {
        let mut segments: HashMap<(SourceId, CrawlId), Part> = HashMap::new();
        let mut pairs: Vec<(SourceId, QaPair)> = Vec::new();
        let mut meant: Vec<Option<Vec<u8>>> = Vec::new();
        let pointers = app.store.index_pointers(chatbot.id).await?;
        let count = pointers.iter().map(IndexPointer::passages).sum();
        if app.semantics.searches_in_table(count) {
            let large = large(pointers);
            let pairs = pair_bytes(&large.pairs);
            let known = Known::InTable(Arc::new(large));
            return Ok(Loaded { version: chatbot.index_version, known, segments, pairs });
        }
        let mut read = read(app, &pointers, known).await?;
        let mut passages = 0;
        for IndexPointer { source_id, job, entry, meaning } in pointers {
            let key = (source_id, job);
            match entry {
                IndexEntry::Qa(pair) => {
                    pairs.push((source_id, pair));
                    meant.push(meaning);
                }
                IndexEntry::Segment { .. } => {
                    let part = match known.get(&key).cloned().or_else(|| read.remove(&key)) {
                        Some(part) => part,
                        // Replaced and cleared away between the two reads.
                        None if attempt < ATTEMPTS => continue 'again,
                        // One source that can't be read must not silence the others.
                        None => {
                            tracing::error!(source = %key.0, job = %key.1, "no index segment");
                            continue;
                        }
                    };
                    passages += part.0.len();
                    // Crawls that ended at the same moment may have passed the bound together.
                    if passages > MAX_LOADED {
                        tracing::error!(chatbot = %chatbot.id, "more passages than fit in memory");
                        break;
                    }
                    segments.insert(key, part);
                }
            }
        }
        let ordered = in_order(&segments);
        let (pairs, meant) = pairs_in_order(pairs, meant);
        let meaning = app.semantics.model().map(|model| meaning(model, &ordered, meant));
        let of_source = ordered.iter().map(|(source, (segment, _))| (*source, segment.clone()));
        let bytes = pair_bytes(&pairs);
        let index = Index::new(of_source, pairs);
        let index = Arc::new(match meaning {
            Some(embeddings) => index.with_embeddings(embeddings),
            None => index,
        });
        let known = Known::InMemory(index);
        return Ok(Loaded { version: chatbot.index_version, known, segments, pairs: bytes });
    }
    Err(Error::internal("an index segment is missing"))
}

fn pair_bytes(pairs: &[(SourceId, QaPair)]) -> usize {
    let bytes = |pair: &QaPair| pair.questions().map(str::len).sum::<usize>() + pair.answer.len();
    pairs.iter().map(|(_, pair)| INDEXED * bytes(pair)).sum()
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

/// The segments by what they are read from, so that the same knowledge is the same index whichever
/// source was read first.
fn in_order(segments: &HashMap<(SourceId, CrawlId), Part>) -> Vec<(SourceId, &Part)> {
    let mut all: Vec<(SourceId, &Part)> =
        segments.iter().map(|((source, _), part)| (*source, part)).collect();
    let read_from = |part: &Part| {
        let above = part.0.above(0).map(|(above, _)| (above.url.clone(), above.title.clone()));
        (above, part.0.len())
    };
    all.sort_by_cached_key(|(source, part)| (read_from(part), *source));
    all
}

/// The pairs by what they say, each with its embedding.
fn pairs_in_order(
    pairs: Vec<(SourceId, QaPair)>,
    meant: Vec<PairEmbedding>,
) -> (Vec<(SourceId, QaPair)>, Vec<PairEmbedding>) {
    let mut both: Vec<_> = pairs.into_iter().zip(meant).collect();
    both.sort_by(|((source, one), _), ((other_source, other), _)| {
        (&one.question, &one.answer, source).cmp(&(&other.question, &other.answer, other_source))
    });
    both.into_iter().unzip()
}

/// What all entries mean, in the order that the index has them: the segments, then the pairs.
fn meaning(
    model: &str,
    segments: &[(SourceId, &Part)],
    pairs: Vec<Option<Vec<u8>>>,
) -> EntryEmbedding {
    let mut embeddings = EntryEmbedding::of(model);
    for (_, (segment, vectors)) in segments {
        embeddings.add(segment.len(), vectors.clone());
    }
    for pair in pairs {
        let vectors = pair.and_then(|bytes| Vectors::from_bytes(&bytes).ok());
        embeddings.add(1, vectors.map(Arc::new));
    }
    embeddings
}
