//! README.md says what is there. Its tables are made here, between `<!-- generated: … -->` and
//! `<!-- end -->`; whatever it and its sisters name is looked for.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::CommandFactory;
use local::{
    Options,
    template::{TEXT, Template},
};
use tests::units::{NOT_METERED, OVERLAPPING, measured};

const MEND: &str = "README.md is behind the code; run \
    `UPDATE_README=1 cargo test -p tests --test it promises::readme`, which rewrites its tables";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text_of(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Compares the part of README.md called `name` with `rows`, or writes it.
fn generated(name: &str, rows: &[String]) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let readme = text_of("README.md");
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = readme
        .split_once(&begin)
        .unwrap_or_else(|| panic!("README.md has lost its line {}", begin.trim_end()));
    let (found, after) = rest.split_once("<!-- end -->").expect("<!-- end --> after the table");
    let expected = format!("\n{}\n\n", rows.join("\n"));
    if found == expected {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_README").is_some(),
        "{MEND}\n--- README.md, {name}\n{found}--- the code\n{expected}"
    );
    let mended = format!("{before}{begin}{expected}<!-- end -->{after}");
    fs::write(root().join("README.md"), mended).expect("README.md can be written");
}

/// Every documented operation, as `dialect METHOD path`.
fn documented() -> Vec<String> {
    text_of("tests/operations.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(3).collect::<Vec<_>>().join(" "))
        .collect()
}

/// Those of them that are built.
fn built() -> Vec<String> {
    let unbuilt = text_of("tests/unbuilt.txt");
    let unbuilt: BTreeSet<&str> = unbuilt.lines().collect();
    documented().into_iter().filter(|operation| !unbuilt.contains(operation.as_str())).collect()
}

/// What the files under tests/it/routes say they test.
fn tested() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join("tests/it/routes")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = text_of(path);
            let operation = text.lines().next().and_then(|line| line.strip_prefix("//! "));
            if text.contains("#[tokio::test") {
                found.extend(operation.map(|operation| operation.trim_end_matches('.').to_owned()));
            }
        }
    }
    found
}

#[test]
fn the_table_of_operations_is_counted_and_not_typed() {
    let (documented, built, tested) = (documented(), built(), tested());
    let row = |name: &str, of: &dyn Fn(&str) -> bool| {
        let count = |all: &[String]| all.iter().filter(|operation| of(operation)).count();
        let tested = documented.iter().filter(|o| of(o) && tested.contains(*o)).count();
        format!("| {name} | {} | {} | {tested} |", count(&documented), count(&built))
    };
    let mut rows = vec![
        "| dialect | documented | built | tested |".to_owned(),
        "|---|--:|--:|--:|".to_owned(),
    ];
    let mut dialects: Vec<&str> =
        documented.iter().filter_map(|operation| operation.split(' ').next()).collect();
    dialects.dedup();
    for dialect in dialects {
        rows.push(row(dialect, &|operation| operation.split(' ').next() == Some(dialect)));
    }
    rows.push(row("**all**", &|_| true));
    generated("operations", &rows);
}

#[test]
fn the_entity_chart_is_that_of_the_store() {
    let keys = text_of("shared/store/src/keys.rs");
    let (_, chart) = keys.split_once("//! # Entities\n//!\n").expect("the chart in keys.rs");
    let rows: Vec<String> = chart
        .lines()
        .map_while(|line| line.strip_prefix("//! |"))
        .map(|row| format!("|{row}"))
        .collect();
    assert!(rows.len() > 10, "{rows:#?}");
    generated("entities", &rows);
}

fn minute() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    since.as_secs() / 60
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_units_is_measured() {
    let mut rows = Vec::new();
    // A new minute in between would show in one row or another; it takes seconds, so two in a
    // row are not cut.
    for _ in 0..3 {
        let begun = minute();
        rows = measured().await;
        if minute() == begun {
            break;
        }
    }
    let mut table = vec![
        "| operation | read units | write units | round trips |".to_owned(),
        "|---|--:|--:|--:|".to_owned(),
    ];
    for operation in built() {
        if NOT_METERED.contains(&operation.as_str()) {
            continue;
        }
        let found = rows.iter().find(|sample| sample.operation == operation);
        let sample = found.unwrap_or_else(|| {
            panic!(
                "{operation} is built: carry it out once in tests/src/units so that it is metered"
            )
        });
        let (read, write, round_trips) = sample.reply.units();
        let round_trips = match OVERLAPPING.contains(&operation.as_str()) {
            true => "–".to_owned(),
            false => round_trips.to_string(),
        };
        table.push(format!("| {operation} | {read} | {write} | {round_trips} |"));
    }
    generated("units", &table);
}

#[test]
fn every_setting_flag_and_parameter_is_explained() {
    let template = Template::parse(TEXT).expect("the template");
    let mut names: BTreeSet<String> = template.parameters.keys().cloned().collect();
    names.extend(template.functions.iter().flat_map(|f| f.settings.keys().cloned()));
    let flags = Options::command();
    names.extend(flags.get_arguments().filter_map(|a| a.get_long()).map(|l| format!("--{l}")));
    let readme = text_of("README.md");
    let silent: Vec<_> = names
        .iter()
        .filter(|name| !["`", " "].iter().any(|end| readme.contains(&format!("`{name}{end}"))))
        .collect();
    assert!(silent.is_empty(), "README.md has no row for {silent:?}; add one under Configuration");
}

/// A code span that begins with a folder of ours names a file or a folder.
#[test]
fn what_the_documents_name_is_there() {
    let folders = ["functions/", "shared/", "infra/", "tests/", "events/", "docs/", ".ci/"];
    for document in ["README.md", "CONTRIBUTING.md", "docs/benchmarks.md", "docs/choices.md"] {
        let text = text_of(document);
        let prose: String = text.split("```").step_by(2).collect();
        let missing: Vec<&str> = prose
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|span| folders.iter().any(|folder| span.starts_with(folder)))
            .filter(|span| !span.contains(['<', '{', '*', ' ']) && !root().join(span).exists())
            .collect();
        assert!(missing.is_empty(), "{document} names what is not there: {missing:?}");
    }
}
