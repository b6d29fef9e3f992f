//! `/openapi.json` says what the handlers take and answer: made of them, and whole.

use std::{collections::BTreeSet, fs, path::Path};

use local::template::{TEXT, Template, TemplateEvent};
use serde_json::{Map, Value};
use testkit::App;

const MEND: &str = "functions/docs/openapi.json is behind the handlers; run \
    `UPDATE_OPENAPI=1 cargo test -p tests --test it promises::openapi`, which rewrites it";

fn made() -> Value {
    local::openapi().expect("the document")
}

/// Every operation with its method and path.
fn operations(api: &Value) -> Vec<(String, Map<String, Value>)> {
    let paths = api["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.filter(|(method, _)| *method != "parameters").map(move |(method, operation)| {
            let name = format!("{} {path}", method.to_uppercase());
            (name, operation.as_object().expect("an operation").clone())
        })
    });
    all.collect()
}

/// The path with its parameters' names left out.
fn bare(operation: &str) -> String {
    let (method, path) = operation.split_once(' ').expect("method and path");
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

fn tags(operation: &Map<String, Value>) -> Vec<&str> {
    operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn it_is_what_the_handlers_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/docs/openapi.json");
    let text = format!("{:#}\n", made());
    if fs::read_to_string(&file).expect("openapi.json") == text {
        return;
    }
    assert!(std::env::var_os("UPDATE_OPENAPI").is_some(), "{MEND}");
    fs::write(&file, text).expect("openapi.json can be written");
}

#[test]
fn every_documented_operation_is_in_it_under_its_dialect() {
    let api = made();
    let said = operations(&api);
    let unbuilt: BTreeSet<&str> = include_str!("../../unbuilt.txt").lines().collect();
    let mut missing = Vec::new();
    for line in include_str!("../../operations.csv").lines().skip(1) {
        let [dialect, method, path] = line.split(',').take(3).collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        if unbuilt.contains(format!("{dialect} {method} {path}").as_str()) {
            continue;
        }
        let wanted = bare(&format!("{method} {path}"));
        let found = said.iter().find(|(name, _)| bare(name) == wanted);
        if !found.is_some_and(|(_, operation)| tags(operation).contains(&dialect)) {
            missing.push(line);
        }
    }
    assert!(missing.is_empty(), "say what they take and answer (utoipa): {missing:#?}");
}

/// Those that no reference documents among them; what `docs` serves is for people to read.
#[test]
fn every_route_of_the_template_is_in_it() {
    let api = made();
    let said: BTreeSet<String> = operations(&api)
        .into_iter()
        .map(|(name, _)| bare(&name).split_once(' ').expect("method and path").1.to_owned())
        .collect();
    let template = Template::parse(TEXT).expect("the template");
    let pages = ["docs", "web"];
    let functions =
        template.functions.iter().filter(|function| !pages.contains(&function.binary.as_str()));
    let missing: Vec<&String> = functions
        .flat_map(|function| &function.events)
        .filter_map(|event| match event {
            TemplateEvent::Route { path, .. } => Some(path),
            _ => None,
        })
        .filter(|path| !said.contains(bare(&format!("ANY {path}")).trim_start_matches("ANY ")))
        .collect();
    assert!(missing.is_empty(), "say what they take and answer (utoipa): {missing:#?}");
}

#[test]
fn every_operation_says_who_may_call_it_what_it_answers_and_how_it_fails() {
    let api = made();
    let known: BTreeSet<&str> =
        api["tags"].as_array().unwrap().iter().filter_map(|tag| tag["name"].as_str()).collect();
    let schemes = api["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, operation) in operations(&api) {
        let mut say = |what: &str| wrong.push(format!("{name}: {what}"));
        if tags(&operation).is_empty() || tags(&operation).iter().any(|tag| !known.contains(tag)) {
            say("a tag that is no dialect");
        }
        if operation.get("summary").is_none() {
            say("no summary");
        }
        if !ids.insert(operation["operationId"].as_str().unwrap().to_owned()) {
            say("its operationId is another's");
        }
        // Whoever calls these has no session yet, or none any more.
        let open =
            ["/signup", "/login", "/link", "/join", "/closures", "/password-reset", "/complete"];
        let open = open.iter().any(|part| name.contains(part)) && name.contains("/auth/");
        let security: Vec<&String> = operation
            .get("security")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .flat_map(|one| one.as_object().unwrap().keys())
            .collect();
        if security.is_empty() != open {
            say("no security");
        }
        if security.iter().any(|scheme| !schemes.contains_key(*scheme)) {
            say("a security scheme that is none");
        }
        let responses = operation["responses"].as_object().unwrap();
        if !responses.keys().any(|code| code.starts_with('2')) {
            say("no success");
        }
        if !["401", "500"].iter().all(|code| responses.contains_key(*code)) {
            say("no failures");
        }
        let bodies = responses.iter().filter(|(code, _)| code.starts_with('2') && *code != "204");
        for (code, response) in bodies {
            let media = response["content"].as_object().and_then(|kinds| kinds.values().next());
            if media.is_none_or(|media| media.get("schema").is_none()) {
                say(&format!("{code} has no schema"));
            }
        }
        if let Some(request) = operation.get("requestBody") {
            let content = request["content"].as_object().unwrap().values().next().unwrap();
            let schema = content["schema"]["$ref"].as_str().unwrap_or_default();
            let schema = api.pointer(schema.trim_start_matches('#')).unwrap_or(&content["schema"]);
            if [content, schema]
                .iter()
                .all(|at| at.get("example").is_none() && at.get("examples").is_none())
            {
                say("its body has no example");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_served_with_a_page_that_shows_it() {
    let app = App::start().await;
    let served = app.get("/openapi.json").send().await;
    assert_eq!(served.header("content-type"), "application/json");
    let api = served.ok();
    assert_eq!(api["openapi"], "3.1.0");
    assert!(api == made(), "{MEND}");
    let page = app.get("/docs/api").send().await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("src=\"api.js\"") && page.text.contains("href=\"../openapi.json\""));
    let script = app.get("/docs/api.js").send().await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    app.finish().await;
}
