//! What may know what. `cargo metadata` says who depends on whom; this says who may.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// What each shared crate of ours may depend on, among ours.
const SHARED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("outbound", &[]),
    ("cache", &[]),
    ("store", &["domain"]),
    ("dialects", &["domain"]),
    ("ai", &["domain", "outbound"]),
    ("platforms", &["domain", "outbound"]),
    ("knowledge", &["cache", "domain", "outbound"]),
    // A model behind `knowledge`'s trait; only what runs one names it.
    ("embed", &["knowledge"]),
    ("app", &["ai", "cache", "domain", "knowledge", "outbound", "platforms", "store"]),
    // It loads the embedding model that a setting names.
    ("runtime", &["app", "domain", "embed", "knowledge", "outbound", "platforms", "store"]),
    ("colloquy-http", &["app", "dialects", "domain", "runtime", "store"]),
    ("worker", &["app", "domain", "runtime", "store"]),
];

/// Who may name these crates of others: the key is the beginning of a crate's name.
const FOREIGN: &[(&str, &[&str])] = &[
    ("aws-sdk-dynamodb", &["store", "runtime", "local"]),
    ("aws-sdk-bedrockruntime", &["embed"]),
    ("aws-sdk-sesv2", &["mail-worker"]),
    ("aws-sdk-", &["store", "app", "runtime", "local"]),
    ("aws-config", &["admin"]),
    ("aws-credential-types", &["runtime", "app"]),
    ("rusty-s3", &["app"]),
    ("reqwest", &["outbound", "app", "bench", "fakes", "local", "testkit", "tests"]),
    ("aws-types", &["runtime"]),
    ("lambda_runtime", &["worker"]),
    ("candle-", &["embed"]),
    ("tokenizers", &["embed"]),
    ("tiktoken", &["knowledge"]),
    ("hickory-", &["outbound"]),
    ("roxmltree", &["app", "knowledge"]),
    ("dynoxide", &["local"]),
    ("winterbaume", &["local"]),
];

fn packages() -> BTreeMap<String, (String, Vec<String>)> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .args(["--manifest-path", manifest])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
            // What only tests use crosses no wall.
            let used = dependencies
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| text(&dependency["name"]))
                .collect();
            (text(&package["name"]), (text(&package["manifest_path"]), used))
        })
        .collect()
}

#[test]
fn the_arrows_hold() {
    let packages = packages();
    let is_function = |name: &str| packages[name].0.contains("/functions/");
    let mut broken = Vec::new();
    for (name, (manifest, dependencies)) in &packages {
        let ours: Vec<&String> =
            dependencies.iter().filter(|dependency| packages.contains_key(*dependency)).collect();
        if manifest.contains("/shared/") {
            let allowed = SHARED.iter().find(|(of, _)| of == name).map(|(_, allowed)| *allowed);
            let allowed = allowed.unwrap_or_else(|| panic!("add {name} to SHARED in {}", file!()));
            broken.extend(
                ours.iter()
                    .filter(|used| !allowed.contains(&used.as_str()))
                    .map(|used| format!("{name} → {used}")),
            );
        } else if is_function(name) {
            broken.extend(
                ours.iter()
                    .filter(|used| {
                        is_function(used)
                            || ["local", "tests", "testkit", "store"].contains(&used.as_str())
                    })
                    .map(|used| format!("{name} → {used}")),
            );
        }
        for dependency in dependencies {
            let rule = FOREIGN.iter().find(|(prefix, _)| dependency.starts_with(prefix));
            let allowed = rule.is_none_or(|(prefix, who)| {
                who.contains(&name.as_str()) || (*prefix == "lambda_runtime" && is_function(name))
            });
            let axum = dependency == "axum"
                && !(is_function(name)
                    || ["bench", "colloquy-http", "fakes", "local", "testkit", "tests"]
                        .contains(&name.as_str()));
            if !allowed || axum {
                broken.push(format!("{name} → {dependency}"));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "these cross a wall; move the code, or the wall on purpose: {broken:#?}"
    );
}

#[test]
fn every_crate_says_what_it_is() {
    for (name, (manifest, _)) in packages() {
        let folder = std::path::Path::new(&manifest).parent().expect("a folder");
        let shared = manifest.contains("/shared/");
        assert!(
            !shared || folder.join("README.md").exists(),
            "{name} needs a README of a few lines"
        );
    }
}
