//! Every documented operation that is built is routed, by the template, to the function whose
//! router answers it; the list of those that are not built only shrinks.

use std::collections::{BTreeMap, BTreeSet};

use local::template::{TEXT, Template, TemplateEvent};
use testkit::App;

const OPERATIONS: &str = include_str!("../../operations.csv");
const UNBUILT: &str = include_str!("../../unbuilt.txt");

/// The number of operations that are not built; it only goes down.
const MAX_UNBUILT: usize = 0;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Operation {
    dialect: String,
    method: String,
    path: String,
}

fn operations() -> Vec<Operation> {
    OPERATIONS
        .lines()
        .skip(1)
        .map(|line| {
            let mut columns = line.split(',').map(str::to_owned);
            let mut next = || columns.next().expect("a column");
            Operation { dialect: next(), method: next(), path: next() }
        })
        .collect()
}

fn unbuilt() -> BTreeSet<Operation> {
    UNBUILT
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let mut next = || words.next().expect("dialect, method and path");
            Operation { dialect: next(), method: next(), path: next() }
        })
        .collect()
}

/// Whether a path of the template matches this one, whatever the segments' names.
fn matches(declared: &str, path: &str) -> bool {
    let bare = |path: &str| -> Vec<String> {
        path.split('/').map(|s| if s.starts_with('{') { "{}".into() } else { s.into() }).collect()
    };
    bare(declared) == bare(path)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_built_operation_is_routed_to_a_function_that_answers_it() {
    let (operations, unbuilt) = (operations(), unbuilt());
    assert_eq!(operations.len(), 82);
    let stale: Vec<_> = unbuilt.iter().filter(|u| !operations.contains(u)).collect();
    assert!(stale.is_empty(), "unbuilt.txt names what is no operation: {stale:?}");
    let template = Template::parse(TEXT).expect("the template");
    let app = App::start().await;
    let mut wrong = Vec::new();
    for operation in &operations {
        let built = !unbuilt.contains(operation);
        let declared = template.functions.iter().any(|function| {
            function.events.iter().any(|event| {
                matches!(event, TemplateEvent::Route { path, .. } if matches(path, &operation.path))
            })
        });
        let path = operation
            .path
            .split('/')
            .map(|s| if s.starts_with('{') { "0197a000-0000-7000-8000-000000000001" } else { s })
            .collect::<Vec<_>>()
            .join("/");
        let method = operation.method.parse().expect("a method");
        let status = app.request(method, &path).send().await.status;
        // Without a key, what is built says 401; what is not has no route (404, 405).
        let answers = declared && status == 401;
        let shared = operations.iter().any(|other| {
            other != operation
                && (&other.method, &other.path) == (&operation.method, &operation.path)
                && !unbuilt.contains(other)
        });
        if answers != built && !shared {
            wrong.push((operation, built, status));
        }
    }
    assert!(wrong.is_empty(), "(operation, built, status): {wrong:#?}");
    assert_eq!(unbuilt.len(), MAX_UNBUILT, "the list of unbuilt operations grew");
    app.finish().await;
}

/// `cargo lambda watch` has a list of routes of its own; it must be the template's.
#[test]
fn the_routes_of_cargo_lambda_watch_are_those_of_the_template() {
    let template = Template::parse(TEXT).expect("the template");
    let mut declared = BTreeMap::new();
    for function in &template.functions {
        for event in &function.events {
            if let TemplateEvent::Route { path, .. } = event {
                declared.insert(path.replace("{proxy+}", "{*rest}"), function.binary.clone());
            }
        }
    }
    let manifest = include_str!("../../../Cargo.toml");
    let (_, section) = manifest
        .split_once("[workspace.metadata.lambda.watch.router]\n")
        .expect("the section in Cargo.toml");
    let watched: BTreeMap<String, String> = section
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = "))
        .map(|(path, binary)| (path.trim_matches('"').into(), binary.trim_matches('"').into()))
        .collect();
    assert_eq!(watched, declared);
}

#[test]
fn the_streaming_route_has_a_function_of_its_own() {
    let template = Template::parse(TEXT).expect("the template");
    for function in &template.functions {
        let routes: Vec<bool> = function
            .events
            .iter()
            .filter_map(|event| match event {
                TemplateEvent::Route { streams, .. } => Some(*streams),
                _ => None,
            })
            .collect();
        assert!(routes.iter().all(|s| *s) || routes.iter().all(|s| !s), "{}", function.binary);
    }
}
