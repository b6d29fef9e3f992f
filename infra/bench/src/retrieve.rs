//! `retrieve`: what the product's own index finds, as a TREC run, and what that takes.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use cpu_time::{ProcessTime, ThreadTime};
use domain::{
    SourceId,
    source::{Chunk, QaPair},
};
use knowledge::{
    Found, Hit, Index, Ranking, Segment,
    semantic::{pair_text, passage_text},
};
use serde_json::{Value, json};

use crate::{BenchError, Result, semantic::Tier};

/// How deep a run goes.
const DEPTH: usize = 100;
/// Passages that are quoted.
const FOUND: usize = 5;
/// How often each query is timed, in CPU time; the fastest counts, since the others were
/// disturbed.
const TIMES: usize = 3;

/// What is searched, for what.
#[derive(Debug, clap::Args)]
pub(crate) struct Collection {
    /// Documents, one a line: `{"id","text","title"?,"question"?}`.
    #[arg(long)]
    pub docs: PathBuf,
    /// Queries, one a line: `{"id","text","answerable"?}`.
    #[arg(long)]
    pub queries: PathBuf,
    /// Find by words and by what an embedding model makes of each text.
    #[arg(long)]
    semantic: bool,
    /// Folder of that model, as `infra/models/minilm.sh` leaves it.
    #[arg(long, default_value = ".models/minilm")]
    model: PathBuf,
}

impl Collection {
    /// The semantic tier over `docs`, if it is requested.
    pub fn tier(&self, docs: &[Line]) -> Result<Option<Tier>> {
        self.semantic.then(|| tier(&self.model, docs)).transpose()
    }
}

/// The flags of `bench retrieve`.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    collection: Collection,
    /// Where the run is written, in TREC's format.
    #[arg(long)]
    out: PathBuf,
    /// Where a line is written for each question, of what its best entries have of it in words,
    /// characters and meaning: `{"id","reliance","entries":[[document, words, characters, cosine]]}`.
    #[arg(long)]
    parts: Option<PathBuf>,
}

/// One line of a file of documents or queries.
pub(crate) struct Line {
    pub id: String,
    pub text: String,
    title: String,
    question: Option<String>,
    pub answerable: Option<bool>,
}

impl Line {
    /// As the passage that a crawl would have made of it.
    fn chunk(&self) -> Chunk {
        Chunk {
            id: String::new(),
            content: self.text.clone(),
            headings: Vec::new(),
            url: None,
            title: self.title.clone(),
            tokens: 0,
            ..Chunk::default()
        }
    }
}

pub(crate) fn lines(file: &Path) -> Result<Vec<Line>> {
    let failed = |reason: String| BenchError(format!("{}: {reason}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let mut all = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| failed(format!("line {number}: {error}")))?;
        let field = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let missing = |name| failed(format!("line {number} has no \"{name}\""));
        all.push(Line {
            id: field("id").ok_or_else(|| missing("id"))?,
            text: field("text").ok_or_else(|| missing("text"))?,
            title: field("title").unwrap_or_default(),
            question: field("question"),
            answerable: value.get("answerable").and_then(Value::as_bool),
        });
    }
    Ok(all)
}

/// An index, the documents in the order of its entries, and what it took.
pub(crate) struct Built {
    pub index: Index,
    pub ids: Vec<String>,
    bytes: usize,
    build_ms: f64,
    load_ms: f64,
}

pub(crate) fn build(docs: Vec<Line>) -> Result<Built> {
    let (mut chunks, mut pairs, mut ids, mut asked) = (vec![], vec![], vec![], vec![]);
    for mut line in docs {
        match line.question.take() {
            Some(question) => {
                asked.push(line.id);
                pairs.push((
                    SourceId::new(),
                    QaPair { question, alternatives: Vec::new(), answer: line.text },
                ));
            }
            None => {
                chunks.push(line.chunk());
                ids.push(line.id);
            }
        }
    }
    ids.append(&mut asked);
    let begun = Instant::now();
    let blob = Segment::encode(&chunks).map_err(BenchError::of)?;
    let written = begun.elapsed();
    // Pairs are kept as they are.
    let plain: usize = pairs.iter().map(|(_, p)| p.question.len() + p.answer.len()).sum();
    let begun = Instant::now();
    let segment = Segment::decode(&blob).map_err(BenchError::of)?;
    let index = Index::new([(SourceId::new(), Arc::new(segment))], pairs);
    let load_ms = begun.elapsed().as_secs_f64() * 1e3;
    let build_ms = written.as_secs_f64() * 1e3 + load_ms;
    Ok(Built { index, ids, bytes: blob.len() + plain, build_ms, load_ms })
}

/// Vectors of the documents, in the order of the index's entries: passages, then pairs.
fn tier(model: &Path, docs: &[Line]) -> Result<Tier> {
    let passages = docs.iter().filter(|doc| doc.question.is_none());
    let pairs = docs.iter().filter(|doc| doc.question.is_some());
    let texts: Vec<String> = passages
        .chain(pairs)
        .map(|line| match line.question.clone() {
            Some(question) => {
                pair_text(&QaPair { question, alternatives: Vec::new(), answer: line.text.clone() })
            }
            None => passage_text(&line.chunk()),
        })
        .collect();
    Tier::build(model, texts.iter().map(String::as_str))
}

/// The best entries, by what is compiled in alone unless there is a `tier`.
fn rank(index: &Index, tier: Option<&Tier>, query: &str) -> Result<Ranking> {
    let embedding = tier.map(|tier| tier.query(query)).transpose()?;
    Ok(index.rank(query, embedding.as_ref(), DEPTH))
}

/// What a visitor's question takes: the best entries, how sure each is, offers and what is quoted.
fn find(index: &Index, tier: Option<&Tier>, query: &str) -> Result<Found> {
    let embedding = tier.map(|tier| tier.query(query)).transpose()?;
    Ok(index.find_embedded(query, embedding.as_ref(), FOUND))
}

/// The line of `--parts` for the question `id`.
fn parts(id: &str, ranking: &Ranking, ids: &[String]) -> Value {
    let of = |hit: &Hit| {
        let document = ids.get(hit.entry as usize)?;
        Some(json!([document, hit.words, hit.characters, hit.meaning]))
    };
    let entries: Vec<Value> = ranking.hits.iter().filter_map(of).collect();
    json!({ "id": id, "reliance": ranking.evidence.reliance, "entries": entries })
}

/// Writes the run; the last line on standard error says what it took.
pub fn run(options: &Options) -> Result<String> {
    let docs = lines(&options.collection.docs)?;
    let tier = options.collection.tier(&docs)?;
    let Built { mut index, ids, bytes, build_ms, load_ms } = build(docs)?;
    if let Some(tier) = &tier {
        index = index.with_embeddings(tier.embeddings());
    }
    let (mut run, mut seen) = (String::new(), String::new());
    let (mut took, mut found) = (Vec::new(), Vec::new());
    let queries = lines(&options.collection.queries)?;
    for Line { id: query, text, .. } in &queries {
        let ranked = timed(&mut took, tier.is_some(), || rank(&index, tier.as_ref(), text))?;
        for (rank, Hit { entry, score, .. }) in (1..).zip(&ranked.hits) {
            let Some(id) = ids.get(*entry as usize) else { continue };
            writeln!(run, "{query} Q0 {id} {rank} {score} colloquy").map_err(BenchError::of)?;
        }
        if options.parts.is_some() {
            writeln!(seen, "{}", parts(query, &ranked, &ids)).map_err(BenchError::of)?;
        }
    }
    // Apart, so that either finds the processor's caches as the same work left them, as the peers do.
    for Line { text, .. } in &queries {
        timed(&mut found, tier.is_some(), || find(&index, tier.as_ref(), text))?;
    }
    fs::write(&options.out, run).map_err(BenchError::of)?;
    if let Some(file) = &options.parts {
        fs::write(file, seen).map_err(BenchError::of)?;
    }
    let vectors = tier.map_or_else(String::new, |t| format!(" vector_bytes={}", t.bytes()));
    eprintln!(
        "build_ms={build_ms:.1} load_ms={load_ms:.1} query_p50_us={:.1} query_p99_us={:.1} \
         find_p50_us={:.1} find_p99_us={:.1} index_bytes={bytes}{vectors}",
        quantile(&mut took, 0.5),
        quantile(&mut took, 0.99),
        quantile(&mut found, 0.5),
        quantile(&mut found, 0.99)
    );
    Ok(String::new())
}

/// What `work` gives, and its CPU time in microseconds at the end of `took`: the least of [`TIMES`]. A model may
/// have threads of its own; nothing else runs in the process.
fn timed<T>(
    took: &mut Vec<f64>,
    has_model: bool,
    mut work: impl FnMut() -> Result<T>,
) -> Result<T> {
    let mut once = || {
        let (process, thread) = (ProcessTime::now(), ThreadTime::now());
        let done = work()?;
        let took = if has_model { process.elapsed() } else { thread.elapsed() };
        Ok::<_, BenchError>((done, took.as_secs_f64() * 1e6))
    };
    let (mut done, mut best) = once()?;
    for _ in 1..TIMES {
        let (again, took) = once()?;
        (done, best) = (again, best.min(took));
    }
    took.push(best);
    Ok(done)
}

fn quantile(took: &mut [f64], share: f64) -> f64 {
    took.sort_by(f64::total_cmp);
    took.get((took.len() as f64 * share) as usize).copied().unwrap_or(0.0)
}
