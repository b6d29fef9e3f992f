//! How well main text is found, and how fast: on pages of article-extraction-benchmark or in its
//! form, by its measure, beside others' results on the same pages.

pub mod score;
pub mod wanted;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use knowledge::{Document, extract, file};
use serde_json::{Map, Value, json};
use url::Url;

use self::{
    score::Score,
    wanted::{AllWanted, PhraseScore},
};
use crate::{BenchError, Result, operations::report};

/// A page of more bytes than this is not read.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The flags of `bench extract`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Folder with a page in each `<id>.html` or `<id>.html.gz`, or files of other kinds.
    #[arg(long = "in", value_name = "DIR")]
    pub pages: PathBuf,
    /// File to write: `{"<id>": {"articleBody": "…"}}`.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The true texts in the same form; pages that it doesn't have are not scored.
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// Phrases that have to be read and that must not be: `{"<id>": {"read": […], "absent": […]}}`;
    /// the id of a file that is no page is its name.
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    pub wanted: Option<PathBuf>,
    /// Another's texts in the form of `--out`, perhaps with `"ms"` at each, to score them too.
    #[arg(long, value_name = "FILE")]
    pub peer: Vec<PathBuf>,
    /// Markdown file whose part `extract <name of the file of phrases>` is rewritten with what was
    /// found of them.
    #[arg(long, value_name = "FILE", requires = "wanted")]
    pub docs: Option<PathBuf>,
    /// How often each page is read; the fastest counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
}

/// What texts are scored by.
struct Measure {
    truth: Option<Texts>,
    wanted: Option<AllWanted>,
}

/// What came out of each page.
type Texts = BTreeMap<String, (String, Option<Duration>)>;

/// Extracts, writes, and scores if the truth is known; a table.
pub fn run(options: &Options) -> Result<String> {
    let texts = extracted(&options.pages, options.rounds)?;
    let of = |text: &String| json!({ "articleBody": text });
    let out: Map<_, _> = texts.iter().map(|(id, (text, _))| (id.clone(), of(text))).collect();
    let out = serde_json::to_string(&Value::Object(out)).map_err(BenchError::of)?;
    fs::write(&options.out, out).map_err(|error| at(&options.out, &error))?;
    let measure = Measure {
        truth: options.truth.as_deref().map(read).transpose()?,
        wanted: options.wanted.as_deref().map(read_wanted).transpose()?,
    };
    let mut table = vec![
        format!("{} pages; ms a page are the fastest of {} readings", texts.len(), options.rounds),
        String::new(),
        "| system | F1 | precision | recall | ms a page, median | mean |".to_owned(),
        "|---|--:|--:|--:|--:|--:|".to_owned(),
        line("Colloquy", &measure, &texts),
    ];
    let mut systems = vec![("Colloquy".to_owned(), texts)];
    for peer in &options.peer {
        let name = peer.file_stem().unwrap_or(peer.as_os_str()).to_string_lossy();
        let texts = read(peer)?;
        table.push(line(&name, &measure, &texts));
        systems.push((name.into_owned(), texts));
    }
    if let (Some(docs), Some(file), Some(all)) = (&options.docs, &options.wanted, &measure.wanted) {
        let part = file.file_stem().unwrap_or_default().to_string_lossy();
        report::write(docs, &format!("extract {part}"), &phrases(all, &systems))?;
    }
    Ok(table.join("\n") + "\n")
}

/// What each system found of the phrases that are wanted, as a table.
fn phrases(all: &AllWanted, systems: &[(String, Texts)]) -> String {
    let head = "| system | read of the phrases that have to be | read of those that must not be | F1 | precision | recall |";
    let mut table = vec![head.to_owned(), "|---|--:|--:|--:|--:|--:|".to_owned()];
    for (name, texts) in systems {
        let found = PhraseScore::of(all, |id| texts.get(id).map(|(text, _)| text.as_str()));
        let PhraseScore { read, wanted, unwanted, refused } = found;
        table.push(format!("| {name} | {read} of {wanted} | {unwanted} of {refused} | {found} |"));
    }
    table.join("\n")
}

/// The text of an article as that benchmark has it: paragraphs and headings, without the title.
pub fn article_body(document: &Document) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut above: &[String] = &[];
    for block in &document.blocks {
        let same = block.headings.iter().zip(above).take_while(|(one, other)| one == other);
        let new = &block.headings[same.count()..];
        // A line in bold may be above a block and in it.
        let new = new.iter().map(String::as_str).filter(|heading| {
            !is_title(&document.title, heading) && !block.text.starts_with(heading)
        });
        lines.extend(new);
        lines.push(&block.text);
        above = &block.headings;
    }
    lines.join("\n")
}

/// Whether a heading repeats the title, from which a site's name may hang.
fn is_title(title: &str, heading: &str) -> bool {
    let (title, heading) = (score::tokens(title), score::tokens(heading));
    !heading.is_empty() && (title.starts_with(&heading) || title.ends_with(&heading))
}

fn extracted(folder: &Path, rounds: u32) -> Result<Texts> {
    let url = Url::parse("https://example.com/").map_err(BenchError::of)?;
    let mut texts = Texts::new();
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let id = name.strip_suffix(".html.gz").or_else(|| name.strip_suffix(".html"));
        let (id, read): (&str, Box<dyn Fn() -> Option<Document>>) = match id {
            Some(id) => {
                let (page, url) = (page(&path)?, url.clone());
                (id, Box::new(move || extract::html(&page, &url).ok()))
            }
            None => {
                let bytes = fs::read(&path).map_err(|error| at(&path, &error))?;
                let Ok(kind) = file::media_type(&name, None) else { continue };
                let name = name.clone();
                (
                    path.file_name().and_then(|n| n.to_str()).unwrap_or_default(),
                    Box::new(move || file::read(&name, &kind, &bytes).ok()),
                )
            }
        };
        let mut fastest: Option<Duration> = None;
        let mut text = String::new();
        for _ in 0..rounds {
            let begin = Instant::now();
            let document = read();
            let took = begin.elapsed();
            fastest = Some(fastest.map_or(took, |fastest| fastest.min(took)));
            // A page without text has an empty one.
            text = document.map(|document| article_body(&document)).unwrap_or_default();
        }
        texts.insert(id.to_owned(), (text, fastest));
    }
    Ok(texts)
}

fn page(path: &Path) -> Result<String> {
    let file = File::open(path).map_err(|error| at(path, &error))?;
    let mut bytes = Vec::new();
    let read = match path.extension().is_some_and(|extension| extension == "gz") {
        true => flate2::read::GzDecoder::new(file).take(LARGEST).read_to_end(&mut bytes),
        false => file.take(LARGEST).read_to_end(&mut bytes),
    };
    read.map_err(|error| at(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read(path: &Path) -> Result<Texts> {
    let text = fs::read_to_string(path).map_err(|error| at(path, &error))?;
    let all: Map<String, Value> = serde_json::from_str(&text).map_err(|error| at(path, &error))?;
    let texts = all.into_iter().map(|(id, found)| {
        let body = found["articleBody"].as_str().unwrap_or_default().to_owned();
        let took = found["ms"].as_f64().map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1000.0));
        (id, (body, took))
    });
    Ok(texts.collect())
}

fn read_wanted(path: &Path) -> Result<AllWanted> {
    let text = fs::read_to_string(path).map_err(|error| at(path, &error))?;
    wanted::parse(&text).map_err(|error| at(path, &error))
}

fn line(name: &str, measure: &Measure, texts: &Texts) -> String {
    let mut took: Vec<f64> =
        texts.values().filter_map(|(_, took)| Some(took.as_ref()?.as_secs_f64() * 1e3)).collect();
    took.sort_by(f64::total_cmp);
    let time = match took.get(took.len() / 2) {
        Some(median) => {
            format!("{median:.2} | {:.2}", took.iter().sum::<f64>() / took.len() as f64)
        }
        None => "– | –".to_owned(),
    };
    let nothing = String::new();
    let text = |id: &str| texts.get(id).map(|(text, _)| text.as_str());
    let found = measure.wanted.as_ref().map(|all| PhraseScore::of(all, text).to_string());
    let score = measure.truth.as_ref().map(|truth| {
        Score::of(truth.iter().map(|(id, (truth, _))| {
            (truth.as_str(), texts.get(id).map_or(nothing.as_str(), |(text, _)| text.as_str()))
        }))
    });
    let score = score.map(|score| score.to_string()).or(found);
    let score = score.unwrap_or_else(|| "– | – | –".to_owned());
    format!("| {name} | {score} | {time} |")
}

fn at(path: &Path, error: &dyn std::fmt::Display) -> BenchError {
    BenchError(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_in_the_benchmarks_form_and_are_scored() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("html");
        fs::create_dir(&pages).unwrap();
        let text = "A parcel comes within three days, and on Saturdays too, if it is small.";
        let page = format!(
            "<title>Parcels - Shop</title><nav><a href='/'>Home</a></nav>\
             <article><h1>Parcels</h1><p>{text}</p><h2>Large ones</h2><p>{text}</p></article>"
        );
        fs::write(pages.join("one.html"), page).unwrap();
        let truth = format!("{text}\nLarge ones\n{text}");
        let at = |name: &str| folder.path().join(name);
        fs::write(at("truth.json"), json!({"one": {"articleBody": truth}}).to_string()).unwrap();
        let half = json!({"one": {"articleBody": text, "ms": 4.0}}).to_string();
        fs::write(at("half.json"), half).unwrap();
        let options = Options {
            pages,
            out: at("out.json"),
            truth: Some(at("truth.json")),
            wanted: None,
            docs: None,
            peer: vec![at("half.json")],
            rounds: 1,
        };
        let table = run(&options).unwrap();
        let out: Value =
            serde_json::from_str(&fs::read_to_string(at("out.json")).unwrap()).unwrap();
        assert_eq!(out, json!({"one": {"articleBody": truth}}));
        assert!(table.contains("| Colloquy | 1.000 | 1.000 | 1.000 |"), "{table}");
        assert!(table.contains("| half | 0.5"), "{table}");
        assert!(table.contains("| 4.00 | 4.00 |"), "{table}");
    }
}
