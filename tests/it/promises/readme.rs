//! What README.md and the pages of `docs/` say is there. Their tables are made here, between
//! `<!-- generated: … -->` and `<!-- end -->`; every path and link in them is looked for.

mod commands;
mod paths;
mod roles;
mod settings;
mod words;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use testkit::units::{NOT_METERED, OVERLAPPING, Sample, measured};

const MEND: &str = "run `UPDATE_README=1 cargo test -p tests --test it promises::readme`, \
    which rewrites the generated tables";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text_of(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Compares the part of `document` called `name` with `rows`, or writes it.
fn generated(document: &str, name: &str, rows: &[String]) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let text = text_of(document);
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{document} has lost its line {}", begin.trim_end()));
    let (found, after) = rest.split_once("<!-- end -->").expect("<!-- end --> after the table");
    let expected = format!("\n{}\n\n", rows.join("\n"));
    if found == expected {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_README").is_some(),
        "{document} is behind the code; {MEND}\n--- {document}, {name}\n{found}--- the code\n{expected}"
    );
    let rewritten = format!("{before}{begin}{expected}<!-- end -->{after}");
    fs::write(root().join(document), rewritten).expect("the document can be written");
}

/// Every file below `folder`, at any depth.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}

/// Every documented operation, as `dialect METHOD path`, with the credential that it takes.
fn documented() -> Vec<(String, String)> {
    text_of("tests/operations.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').take(4).collect();
            (fields[..3].join(" "), fields[3].to_owned())
        })
        .collect()
}

/// Those of them that are built.
fn built() -> Vec<String> {
    let unbuilt = text_of("tests/unbuilt.txt");
    let unbuilt: BTreeSet<&str> = unbuilt.lines().collect();
    let operations = documented().into_iter().map(|(operation, _)| operation);
    operations.filter(|operation| !unbuilt.contains(operation.as_str())).collect()
}

/// What the files below tests/it/routes say they test.
fn tested() -> BTreeSet<String> {
    let texts = files_below(&root().join("tests/it/routes")).into_iter().map(text_of);
    texts
        .filter(|text| text.contains("#[tokio::test"))
        .filter_map(|text| {
            let operation = text.lines().next()?.strip_prefix("//! ")?;
            Some(operation.trim_end_matches('.').to_owned())
        })
        .collect()
}

/// The longest prefix of whole segments that all of `paths` share.
fn common_prefix(paths: &[&str]) -> String {
    let mut prefix: Vec<&str> =
        paths.first().map(|path| path.split('/').collect()).unwrap_or_default();
    for path in paths {
        let shared = prefix.iter().zip(path.split('/')).take_while(|(a, b)| **a == *b).count();
        prefix.truncate(shared);
    }
    prefix.join("/")
}

/// A dialect's row of the table, and its numbers of documented, built and tested operations.
fn row_of(dialect: &str, built: &[String], tested: &BTreeSet<String>) -> (String, [usize; 3]) {
    let all: Vec<(String, String)> = documented()
        .into_iter()
        .filter(|(operation, _)| operation.split(' ').next() == Some(dialect))
        .collect();
    let operations = || all.iter().map(|(operation, _)| operation);
    let paths: Vec<&str> = operations().filter_map(|one| one.split(' ').nth(2)).collect();
    let mut credentials: Vec<&str> = Vec::new();
    for (_, credential) in &all {
        if !credentials.contains(&credential.as_str()) {
            credentials.push(credential);
        }
    }
    let numbers = [
        all.len(),
        operations().filter(|one| built.contains(one)).count(),
        operations().filter(|one| tested.contains(*one)).count(),
    ];
    let row = format!(
        "| [{dialect}](shared/dialects/src/{dialect}) | `{}` | {} | {} | {} | {} |",
        common_prefix(&paths),
        credentials.join("; "),
        numbers[0],
        numbers[1],
        numbers[2]
    );
    (row, numbers)
}

#[test]
fn the_table_of_dialects_is_counted_and_not_typed() {
    let (built, tested) = (built(), tested());
    let mut dialects: Vec<String> = documented()
        .into_iter()
        .filter_map(|(operation, _)| operation.split(' ').next().map(str::to_owned))
        .collect();
    dialects.dedup();
    let mut rows = vec![
        "| dialect | paths below | credential | documented | built | tested |".to_owned(),
        "|---|---|---|--:|--:|--:|".to_owned(),
    ];
    let mut sum = [0; 3];
    for dialect in dialects {
        let (row, numbers) = row_of(&dialect, &built, &tested);
        rows.push(row);
        for (sum, number) in sum.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    rows.push(format!("| all | | | {} | {} | {} |", sum[0], sum[1], sum[2]));
    generated("README.md", "dialects", &rows);
}

#[test]
fn the_entity_chart_is_that_of_the_store() {
    let keys = files_below(&root().join("shared/store/src")).into_iter().map(text_of);
    let charts: Vec<String> = keys
        .filter_map(|text| Some(text.split_once("//! # Entities\n//!\n")?.1.to_owned()))
        .collect();
    assert_eq!(charts.len(), 1, "one module of the store has the entity chart");
    let rows: Vec<String> = charts[0]
        .lines()
        .map_while(|line| line.strip_prefix("//! |"))
        .map(|row| format!("|{row}"))
        .collect();
    assert!(rows.len() > 10, "{rows:#?}");
    generated("docs/data-model.md", "entities", &rows);
}

fn minute() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    since.as_secs() / 60
}

/// Every operation carried out once, within one minute where possible: a new one would show in one row or
/// another. It takes seconds, so that two in a row are not cut.
async fn measured_within_a_minute() -> Vec<Sample> {
    let mut samples = Vec::new();
    for _ in 0..3 {
        let begun = minute();
        samples = measured().await;
        if minute() == begun {
            break;
        }
    }
    samples
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_units_is_measured() {
    let (rows, again) = (measured_within_a_minute().await, measured_within_a_minute().await);
    let mut table = vec![
        "| operation | read units | write units | round trips |".to_owned(),
        "|---|--:|--:|--:|".to_owned(),
    ];
    for operation in built() {
        if NOT_METERED.contains(&operation.as_str()) {
            continue;
        }
        let units = |rows: &[Sample]| {
            let found = rows.iter().find(|sample| sample.operation == operation);
            let sample = found.unwrap_or_else(|| {
                panic!(
                    "{operation} is built: carry it out once in tests/kit/src/units so that it is metered"
                )
            });
            sample.reply.units()
        };
        // Whether calls that are made together overlap is up to a busy machine now and then.
        let ((read, write, round_trips), (_, _, again)) = (units(&rows), units(&again));
        let round_trips = round_trips.min(again);
        let round_trips = match OVERLAPPING.contains(&operation.as_str()) {
            true => "–".to_owned(),
            false => round_trips.to_string(),
        };
        table.push(format!("| {operation} | {read} | {write} | {round_trips} |"));
    }
    generated("docs/costs.md", "units", &table);
}
