//! `confidence`: what was seen of the best entries for questions over small collections, and what a
//! visitor would get: what `infra/models/confidence.py` fits the confidence with.

use std::{fs, path::PathBuf, sync::Arc};

use domain::{
    SourceId,
    source::{Chunk, QaPair},
};
use knowledge::{
    Document, Explained, Index, Match, SearchOutcome, Segment, Thresholds,
    chunk::{chunks_of_file, say_repeated_lines_once},
    extract, file,
    semantic::{QueryEmbedding, pair_text, passage_text},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{BenchError, Result, semantic::Tier};

/// Entries that are written for each question.
const ENTRIES: usize = 12;

/// The flags of `bench confidence`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Collections, one a line: `{"name","pages":[{"name","text"}],"passages":[{"title","text"}],
    /// "pairs":[[question, answer]],"queries":[{"text","expected":[text]}]}`. What contains one of the
    /// expected texts answers, in any case of letters; without one the question has no answer.
    #[arg(long)]
    collections: PathBuf,
    /// Where a line is written for each question.
    #[arg(long)]
    scores: PathBuf,
    /// Find by what an embedding model makes of each text, too.
    #[arg(long)]
    semantic: bool,
    /// Folder of that model, as `infra/models/minilm.sh` leaves it.
    #[arg(long, default_value = ".models/minilm")]
    model: PathBuf,
}

#[derive(Deserialize)]
struct Collection {
    name: String,
    #[serde(default)]
    pages: Vec<Page>,
    #[serde(default)]
    passages: Vec<Page>,
    #[serde(default)]
    pairs: Vec<(String, String)>,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    name: String,
    text: String,
}

#[derive(Deserialize)]
struct Query {
    text: String,
    #[serde(default)]
    expected: Vec<String>,
}

/// Writes the scores; prints how many answers are right at the default thresholds.
pub fn run(options: &Options) -> Result<String> {
    let text = fs::read_to_string(&options.collections).map_err(BenchError::of)?;
    let (mut lines, mut tally) = (String::new(), [0usize; 6]);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let collection: Collection = serde_json::from_str(line).map_err(BenchError::of)?;
        let (mut index, texts) = index(&collection)?;
        let tier =
            options.semantic.then(|| Tier::build(&options.model, texts.iter().map(String::as_str)));
        let tier = tier.transpose()?;
        if let Some(tier) = &tier {
            index = index.with_embeddings(tier.embeddings());
        }
        for query in &collection.queries {
            let embedding = tier.as_ref().map(|tier| tier.query(&query.text)).transpose()?;
            let seen = seen(&index, query, embedding.as_ref());
            let counts = match (query.expected.is_empty(), seen["outcome"].as_str()) {
                (false, Some("answer")) => usize::from(seen["right"] != true),
                (false, _) => 2,
                (true, Some("answer")) => 3,
                (true, Some("offer")) => 4,
                (true, _) => 5,
            };
            tally[counts] += 1;
            let mut seen = seen;
            seen["collection"] = json!(collection.name);
            lines.push_str(&format!("{seen}\n"));
        }
    }
    fs::write(&options.scores, lines).map_err(BenchError::of)?;
    let [right, wrong, silent, answered, offered, refused] = tally;
    Ok(format!(
        "answerable: {right} right, {wrong} wrong, {silent} not answered; \
         unanswerable: {answered} answered, {offered} offered, {refused} refused\n"
    ))
}

/// The index, and the texts of its entries that a model embeds, in its order.
fn index(collection: &Collection) -> Result<(Index, Vec<String>)> {
    let (mut segments, mut texts) = (Vec::new(), Vec::new());
    for page in &collection.pages {
        let document = document(page)?;
        let mut chunks = chunks_of_file(&document, &page.name);
        say_repeated_lines_once(&mut chunks);
        texts.extend(chunks.iter().map(passage_text));
        segments.push((SourceId::new(), Arc::new(Segment::build(&chunks))));
    }
    let passages: Vec<Chunk> = collection.passages.iter().map(passage).collect();
    texts.extend(passages.iter().map(passage_text));
    if !passages.is_empty() {
        segments.push((SourceId::new(), Arc::new(Segment::build(&passages))));
    }
    let pairs = collection.pairs.iter().map(|(question, answer)| {
        let (question, answer) = (question.clone(), answer.clone());
        let pair = QaPair { question, alternatives: Vec::new(), answer };
        (SourceId::new(), pair)
    });
    let pairs: Vec<(SourceId, QaPair)> = pairs.collect();
    texts.extend(pairs.iter().map(|(_, pair)| pair_text(pair)));
    Ok((Index::new(segments, pairs), texts))
}

/// A file of Markdown, or a page of a site in HTML, by its path. What each page has at its foot is read on
/// the first one.
fn document(page: &Page) -> Result<Document> {
    if !page.name.starts_with('/') {
        return file::read(&page.name, "text/markdown", page.text.as_bytes())
            .map_err(BenchError::of);
    }
    let url = Url::parse("https://example.com").and_then(|site| site.join(&page.name));
    let url = url.map_err(BenchError::of)?;
    let mut document = extract::html(&page.text, &url).map_err(BenchError::of)?;
    if page.name == "/" {
        document.blocks.append(&mut document.site);
    }
    Ok(document)
}

fn passage(from: &Page) -> Chunk {
    Chunk {
        id: String::new(),
        content: from.text.clone(),
        headings: Vec::new(),
        url: None,
        title: from.name.clone(),
        tokens: 0,
        ..Chunk::default()
    }
}

fn has(text: &str, query: &Query) -> bool {
    let text = text.to_lowercase();
    query.expected.iter().any(|expected| text.contains(&expected.to_lowercase()))
}

/// Whether `answer` begins with something out of what is expected, as a quotation of it does.
fn is_part(answer: &str, query: &Query) -> bool {
    let first = answer.lines().next().unwrap_or_default();
    !first.is_empty() && query.expected.iter().any(|expected| expected.contains(first))
}

fn seen(index: &Index, query: &Query, embedding: Option<&QueryEmbedding>) -> Value {
    let found = index.find_embedded(&query.text, embedding, 3);
    let outcome = match Thresholds::default().outcome(found.confidence, found.offered) {
        SearchOutcome::Sure => "answer",
        SearchOutcome::Near => "offer",
        SearchOutcome::Refused => "refusal",
    };
    let (kind, answer) = match &found.best {
        Match::Pair(pair, _) => ("pair", pair.answer.as_str()),
        Match::Passages(all) => ("passage", all.first().map_or("", |one| one.quote.as_str())),
        Match::Nothing => ("nothing", ""),
    };
    let offers: Vec<&str> = found.offers.iter().map(|offer| offer.text.as_str()).collect();
    let entries: Vec<Value> = index
        .explain(&query.text, embedding, ENTRIES)
        .iter()
        .map(|one| entry(one, query))
        .collect();
    json!({
        "question": query.text, "answerable": !query.expected.is_empty(), "outcome": outcome,
        "confidence": found.confidence, "kind": kind, "answer": answer, "offers": offers,
        "right": has(answer, query) || is_part(answer, query), "entries": entries,
    })
}

fn entry(one: &Explained, query: &Query) -> Value {
    json!({
        "is_pair": one.likeness.is_some(), "is_apart": one.likeness.is_some_and(|l| l.is_apart),
        "heading": one.heading, "content": one.content, "confidence": one.confidence,
        "right": has(&format!("{}\n{}", one.heading, one.content), query), "features": one.features,
    })
}
