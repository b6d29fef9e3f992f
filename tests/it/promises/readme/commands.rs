//! The commands of the documents work after `source .local/env`.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt, process::Command};

use serde_json::Value;
use testkit::App;

use super::text_of;

/// Documents whose commands take their variables from `.local/env`.
const DOCUMENTS: [&str; 4] = [
    "README.md",
    "docs/architecture.md",
    "functions/docs/site/getting-started.md",
    "functions/docs/site/local.md",
];

/// The variables that the commands of `text` use, by `$NAME`.
fn used(text: &str) -> Vec<String> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let names = blocks.flat_map(|block| block.split('$').skip(1)).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(rest.len());
        rest[..end].to_owned()
    });
    names.filter(|name| !name.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_s_file_for_shells_says_what_credentials_json_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_owned();
    let app = App::with(|options| {
        options.no_demo = false;
        options.data.clone_from(&data);
    })
    .await;

    let file = data.join("env");
    let rights = file.metadata().expect("the file").permissions().mode() & 0o777;
    assert_eq!(rights, 0o600, "its owner's alone");
    // A shell reads the file, and not this test.
    let script = r#". "$1"; for name in $2; do eval "printf '%s\n' \"\$$name\""; done"#;
    let names = ["BASE", "BOT", "PK", "SK", "WK", "OB", "CB", "CP", "EMAIL", "PASSWORD"];
    let shell = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&file)
        .arg(names.join(" "))
        .env_clear()
        .output()
        .expect("a shell");
    assert!(shell.status.success(), "{}", String::from_utf8_lossy(&shell.stderr));
    let printed = String::from_utf8(shell.stdout).expect("text");
    let set: BTreeMap<&str, &str> = names.into_iter().zip(printed.lines()).collect();

    let json = std::fs::read_to_string(data.join("credentials.json")).expect("credentials.json");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    for (name, pointer) in [
        ("BASE", "/baseUrl"),
        ("BOT", "/chatbotId"),
        ("PK", "/keys/botplotPublic"),
        ("SK", "/keys/botplotSecret"),
        ("WK", "/keys/helpbot"),
        ("OB", "/keys/openbat"),
        ("CB", "/keys/conferbot"),
        ("CP", "/keys/chatbotplatform"),
        ("EMAIL", "/session/email"),
        ("PASSWORD", "/session/password"),
    ] {
        assert_eq!(Some(set[name]), json.pointer(pointer).and_then(Value::as_str), "{name}");
    }

    for document in DOCUMENTS {
        let used = used(&text_of(document));
        assert!(!used.is_empty(), "{document} has commands");
        for name in used {
            assert!(set.contains_key(name.as_str()), "{document} uses ${name}, which env lacks");
        }
    }
    app.finish().await;
}
