//! Parameters of the deployment, functions, settings and flags: docs/configuration.md and the page
//! on deploying say what `template.yaml` and `cargo dev --help` say.

use clap::CommandFactory;
use local::{Options, template::TEXT};
use runtime::config::{self, Unset, Variable};
use serde_yaml_ng::Value;

use super::generated;

const CONFIGURATION: &str = "docs/configuration.md";

fn template() -> Value {
    let mut template: Value = serde_yaml_ng::from_str(TEXT).expect("template.yaml");
    template.apply_merge().expect("its anchors");
    template
}

/// A scalar as text, empty for none.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn or_none(default: &str) -> String {
    if default.is_empty() { "none".to_owned() } else { format!("`{default}`") }
}

/// As it can be in a cell of a table, where `*` and `<` would mean something.
fn cell(text: &str) -> String {
    text.replace('|', r"\|").replace('*', r"\*").replace('<', r"\<")
}

#[test]
fn the_parameters_are_those_of_the_template() {
    let template = template();
    let parameters = template["Parameters"].as_mapping().expect("Parameters");
    let mut rows = vec!["| parameter | default | meaning |".to_owned(), "|---|---|---|".to_owned()];
    for (name, parameter) in parameters {
        let name = text(name);
        let meaning = text(&parameter["Description"]);
        assert!(!meaning.is_empty(), "template.yaml: {name} needs a Description");
        let allowed: Vec<String> = parameter["AllowedValues"]
            .as_sequence()
            .into_iter()
            .flatten()
            .map(|value| format!("`{}`", text(value)))
            .collect();
        let allowed = match allowed.is_empty() {
            true => String::new(),
            false => format!("; one of {}", allowed.join(", ")),
        };
        let default = or_none(&text(&parameter["Default"]));
        rows.push(format!("| `{name}` | {default} | {}{allowed} |", cell(&meaning)));
    }
    generated(CONFIGURATION, "parameters", &rows);
}

/// What calls a function, by the type of an event.
fn caller(event: &str) -> &'static str {
    match event {
        "Api" => "a request",
        "SQS" => "a queue",
        "DynamoDB" => "the table's stream",
        "Schedule" | "ScheduleV2" => "the schedule",
        other => panic!("say in settings.rs what calls a function by an event of type {other}"),
    }
}

#[test]
fn the_functions_of_the_deployment_are_those_of_the_template() {
    let template = template();
    let resources = template["Resources"].as_mapping().expect("Resources");
    let mut rows = vec![
        "Table: Functions of the deployment".to_owned(),
        String::new(),
        "| Function | Called by | What it does |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    for (name, resource) in resources {
        if resource["Type"] != "AWS::Serverless::Function" {
            continue;
        }
        let binary = text(&resource["Metadata"]["BuildProperties"]["Binary"]);
        let does = text(&resource["Properties"]["Description"]);
        assert!(!does.is_empty(), "template.yaml: {} needs a Description", text(name));
        let events = resource["Properties"]["Events"].as_mapping().into_iter().flatten();
        let mut callers: Vec<&str> =
            events.map(|(_, event)| caller(&text(&event["Type"]))).collect();
        callers.dedup();
        rows.push(format!("| `{binary}` | {} | {} |", callers.join(", "), cell(&does)));
    }
    generated("functions/docs/site/deploy.md", "functions", &rows);
}

#[test]
fn the_flags_are_those_of_cargo_dev() {
    let mut rows = vec!["| flag | default | meaning |".to_owned(), "|---|---|---|".to_owned()];
    for flag in Options::command().get_arguments() {
        let name = flag.get_long().expect("a flag with a name");
        let takes = flag.get_action().takes_values();
        let values = flag.get_value_names().unwrap_or_default();
        let value = values.first().map(|value| format!(" {value}")).filter(|_| takes);
        let defaults = flag.get_default_values();
        let default = match (takes, defaults.first().and_then(|default| default.to_str())) {
            (false, _) => "off".to_owned(),
            (true, default) => or_none(default.unwrap_or_default()),
        };
        let meaning = flag.get_help().map(ToString::to_string).unwrap_or_default();
        rows.push(format!(
            "| `--{name}{}` | {default} | {} |",
            value.unwrap_or_default(),
            cell(&meaning)
        ));
    }
    generated(CONFIGURATION, "flags", &rows);
}

#[test]
fn the_variables_are_those_of_the_code() {
    let mut rows = vec!["| variable | default | meaning |".to_owned(), "|---|---|---|".to_owned()];
    for Variable { name, unset, meaning } in config::ALL.into_iter().flatten() {
        let default = match unset {
            Unset::Refused => "must be set".to_owned(),
            Unset::Nothing => "none".to_owned(),
            Unset::Value(value) => format!("`{value}`"),
        };
        rows.push(format!("| `{name}` | {default} | {} |", cell(meaning)));
    }
    generated(CONFIGURATION, "variables", &rows);
}
