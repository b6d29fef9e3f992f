//! Where dialects are known by name: in their folders and handlers, and nowhere below.

use std::{fs, path::Path};

use domain::Dialect;

/// The crates that ask a dialect's profile and never its name.
const NAMELESS: [&str; 2] = ["app", "store"];

/// The lines of `source` that name a dialect, numbered from 1.
fn lines_with_names(source: &str) -> Vec<usize> {
    let names: Vec<&str> = Dialect::ALL.map(Dialect::name).into_iter().collect();
    let has_name = |line: &str| {
        let line = line.to_lowercase().replace("chatbot platform", "chatbotplatform");
        names.iter().any(|name| line.contains(name))
    };
    let lines = source.lines().zip(1..);
    lines.filter(|(line, _)| has_name(line)).map(|(_, number)| number).collect()
}

fn search(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            search(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).expect("text");
            let lines = lines_with_names(&source).into_iter();
            found.extend(lines.map(|line| format!("{}:{line}", path.display())));
        }
    }
}

#[test]
fn use_cases_and_the_store_name_no_dialect() {
    let mut found = Vec::new();
    for name in NAMELESS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name).join("src");
        search(&folder, &mut found);
    }
    assert!(
        found.is_empty(),
        "these name a dialect; put what differs into its row of `domain::dialect` and ask that: \
         {found:#?}"
    );
}

#[test]
fn a_name_is_found_in_code_and_in_prose() {
    let source = "//! As helpbot has it.\nlet x = 1;\nif dialect == Dialect::ChatbotPlatform {\n\
                  // Chatbot Platform's\nlet bot = plot;";
    assert_eq!(lines_with_names(source), [1, 3, 4]);
}
