//! A public type's bare name says which type it is, in the whole workspace; and `app` names no
//! dialect.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::sources::{code_below, word};

/// Where types are. A dialect's folder holds wire types that are named by their route alike in
/// every dialect, so all of `dialects` counts as one place.
const PLACES: [&str; 4] = ["shared", "functions", "infra", "tests"];
const DIALECTS: &str = "shared/dialects/src/";

/// Names that several types have, and why. The list may only shrink.
const SHARED_NAMES: &[(&str, &str)] = &[
    ("Command", "the subcommands of `admin` and of `bench`, which never meet"),
    ("Ctx", "what a function is set up with; functions never meet"),
    ("Options", "the flags of one command line each"),
    ("Result", "a crate's own alias, used within the crate"),
    // To be renamed.
    ("Bedrock", "the embedder, and the service that tests run in its place"),
    ("BrandingPatch", "the domain's command and botplot's body"),
    ("Event", "of a chatbot, and what invokes a function"),
    ("Folder", "files, mails and data of the platform on one machine"),
    ("Held", "a webhook that rests, and what a bench found held"),
    ("Known", "of subscriptions and of pages"),
    ("Letter", "a dead letter and an e-mail"),
    ("Limits", "of a plan and of a connection"),
    ("Message", "of a conversation with a model, and an event as rendered"),
    ("Page", "of a list, of a site, and as fetched"),
    ("Part", "of a form as received and as sent"),
    ("Pieces", "of an answer and of words"),
    ("Plan", "what a workspace may do, and what an operator is about to do"),
    ("Platform", "where a conversation is held, and the platform on one machine"),
    ("Queue", "to send to, and as the template declares it"),
    ("Reply", "to a request for deliveries, and of the platform under test"),
    ("Report", "of a recount and of a bench"),
    ("Request", "to a model, and to the platform under test"),
    ("Row", "of a list of questions and of a bench"),
    ("SignedIn", "a session that begins, and the extractor of one"),
    ("Turn", "of a conversation and of a crawl"),
];

/// How often `app` names a dialect. It only goes down.
const MAX_DIALECTS_IN_APP: usize = 38;

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

/// How often code names a dialect: as a variant, and as a word in a text or a name.
fn dialects_named(code: &str) -> usize {
    let variants = code.match_indices("Dialect::").filter(|(at, found)| {
        code[at + found.len()..].starts_with(|c: char| c.is_ascii_uppercase())
            && word(&code[at + found.len()..]) != "ALL"
    });
    let names = ["botplot", "conferbot", "chatbotplatform", "helpbot", "openbat"];
    variants.count()
        + names.iter().map(|name| code.matches(&format!("\"{name}\"")).count()).sum::<usize>()
}

#[test]
fn app_names_no_dialect() {
    let files = code_below("shared/app/src");
    let named: Vec<(usize, &str)> = files
        .iter()
        .map(|(path, code)| (dialects_named(code), path.as_str()))
        .filter(|(count, _)| *count > 0)
        .collect();
    let count: usize = named.iter().map(|(count, _)| count).sum();
    assert!(
        count <= MAX_DIALECTS_IN_APP,
        "app names a dialect; ask the dialect's profile instead: {named:#?}"
    );
}

#[test]
fn a_dialect_is_named_by_its_variant_or_in_a_text() {
    assert_eq!(dialects_named("if dialect == Dialect::Botplot { \"helpbot\" }"), 2);
    assert_eq!(dialects_named("for dialect in Dialect::ALL { dialect.name() }"), 0);
}
