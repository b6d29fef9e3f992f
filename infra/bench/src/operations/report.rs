//! The tables.

use std::{fs, path::Path, time::Duration};

use super::{
    Background, Effort, Measured, Row,
    budget::{self, Class, FARTHER, PAGED},
};
use crate::{BenchError, Result};

/// What was measured, to be told.
pub struct Report<'a> {
    /// At every size.
    pub all: &'a [Measured],
    /// How often things were done.
    pub effort: Effort,
}

/// A number with commas.
fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|part| std::str::from_utf8(part).unwrap_or_default())
        .collect();
    parts.join(",")
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn units(row: Option<&Row>) -> String {
    match row.and_then(|row| row.units) {
        Some((read, write, trips)) => format!("{read} / {write} / {trips}"),
        None => "–".to_owned(),
    }
}

fn millis(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64() * 1000.0)
}

fn machine() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let value = |text: &str, name: &str| -> Option<String> {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = value(&read("/proc/cpuinfo"), "model name");
    let memory = value(&read("/proc/meminfo"), "MemTotal")
        .and_then(|text| text.split(' ').next().and_then(|kb| kb.parse::<u64>().ok()))
        .map(|kb| format!(", {} GiB", kb / 1024 / 1024));
    let processor = processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("{cores} cores of {processor}{}", memory.unwrap_or_default())
}

impl Report<'_> {
    fn head(&self, first: &str) -> Vec<String> {
        let sizes: Vec<String> = self.all.iter().map(|m| thousands(m.size)).collect();
        let row = format!("| {first} | {} |", sizes.join(" | "));
        vec![row, format!("|---|{}", "--:|".repeat(sizes.len()))]
    }

    fn line(&self, name: &str, cell: impl Fn(&Measured) -> String) -> String {
        let cells: Vec<String> = self.all.iter().map(cell).collect();
        format!("| {name} | {} |", cells.join(" | "))
    }

    fn operations(&self) -> Vec<String> {
        let rows = self.all.iter().max_by_key(|m| m.size).map(|m| m.rows.as_slice());
        rows.unwrap_or_default().iter().map(|row| row.operation.clone()).collect()
    }

    /// Every list and page that was measured somewhere, with its name.
    fn pages(&self) -> Vec<(&'static str, u32, String)> {
        let mut pages: Vec<(&str, u32)> = Vec::new();
        for (list, page, _) in self.all.iter().flat_map(|m| &m.pages) {
            if !pages.contains(&(*list, *page)) {
                pages.push((*list, *page));
            }
        }
        let place = |list: &str| PAGED.iter().position(|paged| *paged == list);
        pages.sort_by_key(|(list, page)| (place(list), *page));
        let named = |(list, page)| (list, page, format!("{list}, page {}", thousands(page)));
        pages.into_iter().map(named).collect()
    }

    fn verdict(&self, row: &Row) -> Option<String> {
        let within = budget::is_within(row)?;
        Some(match (within, budget::explanation(&row.operation)) {
            (true, _) => "ok".to_owned(),
            (false, Some(why)) => format!("over: {why}"),
            (false, None) => "**over**".to_owned(),
        })
    }

    fn budgets(&self) -> Vec<String> {
        let mut lines = vec![
            "| operation | budget | largest size | |".to_owned(),
            "|---|--:|--:|---|".to_owned(),
        ];
        let Some(largest) = self.all.iter().max_by_key(|m| m.size) else { return lines };
        for row in &largest.rows {
            let Some((read, write, trips)) = Class::of(&row.operation).budget() else { continue };
            let Some(verdict) = self.verdict(row) else { continue };
            let budget = format!("{read} / {write} / {trips}");
            let cost = units(Some(row));
            lines.push(format!("| {} | {budget} | {cost} | {verdict} |", row.operation));
        }
        for list in PAGED {
            let Some(more) = budget::farther(largest, list) else { continue };
            let verdict = if more <= FARTHER { "ok" } else { "**over**" };
            let name = format!("{list}, a page far down by its fifth");
            lines.push(format!("| {name} | {FARTHER} × | {} × | {verdict} |", round(more)));
        }
        lines
    }

    /// The generated part of `docs/benchmarks.md`.
    pub fn benchmarks(&self) -> String {
        let Effort { rounds, reads } = self.effort;
        let mut text = vec![
            format!(
                "Measured on {}; each write {rounds} times, each read {} times, one after the \
                 other.",
                machine(),
                rounds * reads
            ),
            "\n### Budgets\n\nRead units / write units / round trips: the budget, and as measured.\n"
                .to_owned(),
        ];
        text.extend(self.budgets());
        text.push("\n### Units, by conversations of the chatbot\n".to_owned());
        text.extend(self.head("read / write / round trips"));
        let pages = self.pages();
        let page = |m: &'_ Measured, list: &str, page: u32| -> Option<Row> {
            let found = m.pages.iter().find(|(of, number, _)| (*of, *number) == (list, page));
            found.map(|(.., row)| row.clone())
        };
        for name in self.operations() {
            text.push(self.line(&name, |m| units(m.row(&name))));
        }
        for (list, number, name) in &pages {
            text.push(self.line(name, |m| units(page(m, list, *number).as_ref())));
        }
        text.push("\n### Background work of a turn, by conversations of the chatbot\n".to_owned());
        text.extend(self.head("read / write units per turn"));
        text.extend(self.background());
        text.push("\n### Latency, by conversations of the chatbot\n".to_owned());
        text.extend(self.head("p50 / p99 in ms"));
        let took = |row: Option<&Row>| match row {
            Some(row) => format!("{} / {}", millis(row.p50), millis(row.p99)),
            None => "–".to_owned(),
        };
        for name in self.operations() {
            text.push(self.line(&name, |m| took(m.row(&name))));
        }
        for (list, number, name) in &pages {
            text.push(self.line(name, |m| took(page(m, list, *number).as_ref())));
        }
        text.join("\n")
    }

    fn background(&self) -> Vec<String> {
        let found = self.all.first().map(|m| m.background.as_slice()).unwrap_or_default();
        let line = |Background { worker, turns, .. }: &Background| {
            let name = match turns {
                1 => format!("{worker}, a turn alone"),
                _ => format!("{worker}, {turns} turns in a batch"),
            };
            self.line(&name, |m| {
                let of = |b: &&Background| (b.worker, b.turns) == (*worker, *turns);
                let found = m.background.iter().find(of);
                let cell = |b: &Background| format!("{} / {}", round(b.read), round(b.write));
                found.map_or_else(|| "–".to_owned(), cell)
            })
        };
        found.iter().map(line).collect()
    }

    /// The generated part of docs/costs.md.
    pub fn summary(&self) -> String {
        let mut text = self.head("read / write / round trips, by conversations");
        for name in [
            "botplot POST /api/v1/chat",
            "botplot POST /api/v1/chat, continued",
            "helpbot POST /api/v1/chat, in a session",
            "chatbotplatform GET /v1/bots/{id}",
        ] {
            text.push(self.line(name, |m| units(m.row(name))));
        }
        for (list, number, name) in self.pages() {
            let page = |m: &Measured| {
                let mut pages = m.pages.iter();
                let found = pages.find(|(of, page, _)| (*of, *page) == (list, number));
                units(found.map(|(.., row)| row))
            };
            if [1, 5, 500].contains(&number) {
                text.push(self.line(&name, page));
            }
        }
        text.extend(self.background());
        text.join("\n")
    }
}

/// Writes `text` between the marks of a file's generated part called `name`.
pub fn write(file: &Path, name: &str, text: &str) -> Result<()> {
    let failed =
        |reason: &dyn std::fmt::Display| BenchError(format!("{}: {reason}", file.display()));
    let whole = fs::read_to_string(file).map_err(|error| failed(&error))?;
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) =
        whole.split_once(&begin).ok_or_else(|| failed(&format!("no line {}", begin.trim_end())))?;
    let (_, after) =
        rest.split_once("<!-- end -->").ok_or_else(|| failed(&"no <!-- end --> after it"))?;
    let mended = format!("{before}{begin}\n{text}\n\n<!-- end -->{after}");
    fs::write(file, mended).map_err(|error| failed(&error))
}
