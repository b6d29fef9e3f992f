//! A public type's bare name says which type it is, in the whole workspace.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::sources::{code_below, word};

/// Where types are. A dialect's folder holds wire types that are named by their route alike in
/// every dialect, so all of `dialects` counts as one place.
const PLACES: [&str; 4] = ["shared", "functions", "infra", "tests"];
const DIALECTS: &str = "shared/dialects/src/";

/// Names that several types have, and why. The list may only shrink.
const SHARED_NAMES: &[(&str, &str)] = &[
    ("App", "what every use case needs, and the platform that a test starts"),
    ("Clock", "what tells the time, and which time-out of a model's call was hit"),
    ("Command", "the subcommands of `admin` and of `bench`, which never meet"),
    ("Ctx", "what a function is set up with; functions never meet"),
    ("Options", "the flags of one command line each"),
    ("Result", "a crate's own alias, used within the crate"),
];

/// The public types that a file declares.
fn public_types(code: &str) -> Vec<&str> {
    let kinds = ["struct ", "enum ", "trait ", "type ", "union "];
    code.lines()
        .filter_map(|line| {
            let rest = line.strip_prefix("pub ")?;
            kinds.iter().find_map(|kind| rest.strip_prefix(kind)).map(word)
        })
        .collect()
}

#[test]
fn a_public_types_bare_name_is_unique() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for place in PLACES {
        for (path, code) in code_below(place) {
            let path = format!("{place}/{path}");
            let place = if path.starts_with(DIALECTS) { DIALECTS.to_owned() } else { path };
            for name in public_types(&code) {
                places.entry(name.to_owned()).or_default().insert(place.clone());
            }
        }
    }
    assert!(places.len() > 300, "{}", places.len());
    let is_listed = |name: &str| SHARED_NAMES.iter().any(|(listed, _)| *listed == name);
    let doubled: Vec<_> = places.iter().filter(|(_, all)| all.len() > 1).collect();
    let unlisted: Vec<_> = doubled.iter().filter(|(name, _)| !is_listed(name)).collect();
    assert!(unlisted.is_empty(), "these names say too little; rename all but one: {unlisted:#?}");
}

#[test]
fn types_are_found_whatever_their_kind_and_only_public_ones() {
    let code = "pub struct A<T>(T);\npub enum B {}\nstruct C;\npub(crate) struct D;\n\
                pub trait E {}\npub type F = A<u8>;\npub fn g() {}\n    pub struct Inner;\n";
    assert_eq!(public_types(code), ["A", "B", "E", "F"]);
}
