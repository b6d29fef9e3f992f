//! The workspace's own source text, for checks of how it is built.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|path| path.join("template.yaml").exists())
        .expect("a folder above with template.yaml")
        .to_owned()
}

/// The Rust files below a folder of the workspace, as (path below that folder, code).
pub fn code_below(folder: &str) -> Vec<(String, String)> {
    let top = root().join(folder);
    let (mut folders, mut files) = (vec![top.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                let below = path.strip_prefix(&top).expect("below").display().to_string();
                files.push((below, code(&text)));
            }
        }
    }
    files.retain(|(path, _)| !path.ends_with("tests.rs"));
    files.sort();
    files
}

/// The code of a file: without comments, and without its tests, which end each file.
pub fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        // `//` in a text follows a colon or a quote here; a comment follows a space or nothing.
        let mut comment = line.match_indices("//").map(|(at, _)| at);
        let end = comment.find(|at| line[..*at].is_empty() || line[..*at].ends_with(' '));
        code.push_str(&line[..end.unwrap_or(line.len())]);
        code.push('\n');
    }
    code
}

/// The word that `text` begins with.
pub fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn comments_and_tests_are_no_code() {
    let text = "/// `Dialect::A`\nuse a; // Dialect::B\nlet url = \"http://x\";\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(code(text), "\nuse a; \nlet url = \"http://x\";\n");
    assert_eq!((word("crate_a::b"), word("{a"), word("end")), ("crate_a", "", "end"));
}
