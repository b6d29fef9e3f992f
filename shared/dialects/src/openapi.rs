//! The description of all routes as OpenAPI 3.1: what the handlers say of themselves, with what
//! every operation of a dialect has in common.

use domain::{Dialect, Error, ErrorKind};
use serde_json::{Map, Value, json};

use crate::{
    colloquy,
    error::{body, status},
    folder::folder,
};

/// Failures that any operation may answer.
const COMMON: [ErrorKind; 9] = [
    ErrorKind::Malformed,
    ErrorKind::Validation,
    ErrorKind::Unauthorized,
    ErrorKind::PlanRequired,
    ErrorKind::NotFound,
    ErrorKind::Conflict,
    ErrorKind::PayloadTooLarge,
    ErrorKind::RateLimited,
    ErrorKind::Internal,
];

/// Completes what the handlers of all functions say, merged: title, tags, keys, failures, the
/// header that every `POST` takes.
pub fn complete(mut merged: Value) -> Value {
    merged["info"] = json!({
        "title": "Colloquy",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Five published chatbot APIs over one platform. A key speaks one dialect; \
                        a client changes its base URL and its key, nothing else.",
    });
    // Relative to this document, since a deployed API has its stage in front of the path.
    merged["servers"] = json!([{ "url": "./" }]);
    let tag = |(name, about): (&str, &str)| json!({"name": name, "description": about});
    let tags = Dialect::ALL.map(|dialect| (dialect.name(), folder(dialect).about()));
    merged["tags"] = tags.into_iter().chain(colloquy::TAGS).map(tag).collect();
    let schemes = Dialect::ALL.map(|dialect| folder(dialect).security_schemes());
    merged["components"]["securitySchemes"] =
        schemes.into_iter().flatten().chain(colloquy::security_schemes()).collect();
    for dialect in Dialect::ALL {
        merged["components"]["schemas"][format!("{dialect}.Error")] =
            folder(dialect).error_schema();
        for kind in COMMON {
            let name = response_name(dialect, kind);
            merged["components"]["responses"][name] = failure(dialect, kind);
        }
    }
    for (path, methods) in objects(&mut merged["paths"]) {
        for (method, operation) in objects(methods) {
            operation_of(path, method, operation);
        }
    }
    merged
}

fn objects(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

fn operation_of(path: &str, method: &str, operation: &mut Value) {
    let tags: Vec<String> = operation["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tag| tag.as_str().map(str::to_owned))
        .collect();
    let first = tags.first().map_or(colloquy::TAG, String::as_str).to_owned();
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    operation["operationId"] = json!(format!("{first}_{id}"));
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        parameters.iter_mut().for_each(parameter_of);
    }
    // A caller who signs up or in has no key or session yet to be recognised by.
    if method == "post" && !path.starts_with("/api/v1/auth/") {
        let header = json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key and request return the first answer for 24 hours.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        });
        match operation.get_mut("parameters").and_then(Value::as_array_mut) {
            Some(parameters) => parameters.push(header),
            None => operation["parameters"] = json!([header]),
        }
    }
    // On a path that two dialects share, botplot's shape contains helpbot's.
    let dialect = Dialect::ALL.into_iter().find(|d| d.name() == first).unwrap_or(colloquy::ERRORS);
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for kind in COMMON {
        let reference = format!("#/components/responses/{}", response_name(dialect, kind));
        responses
            .entry(status(dialect, kind).to_string())
            .or_insert_with(|| json!({"$ref": reference}));
    }
    for (code, response) in responses.iter_mut() {
        if response["description"] == "" {
            response["description"] = json!(if code == "201" { "Created" } else { "Success" });
        }
    }
}

/// A parameter can be left out, but not be null; one that names what we made is an id of ours.
fn parameter_of(parameter: &mut Value) {
    let name = parameter["name"].as_str().unwrap_or_default();
    let is_id = name == "id" || name.ends_with("Id") || name.ends_with("_id");
    let named_by_us = parameter["in"] == "path" && is_id;
    let Some(schema) = parameter["schema"].as_object_mut() else { return };
    if named_by_us {
        schema.entry("format").or_insert_with(|| json!("uuid"));
    }
    let Some(kinds) = schema.get_mut("type") else { return };
    let left: Vec<Value> =
        kinds.as_array().into_iter().flatten().filter(|kind| *kind != "null").cloned().collect();
    if let [kind] = &left[..] {
        *kinds = kind.clone();
    }
}

fn response_name(dialect: Dialect, kind: ErrorKind) -> String {
    format!("{dialect}.{}", status(dialect, kind))
}

fn failure(dialect: Dialect, kind: ErrorKind) -> Value {
    let (text, example) = match kind {
        ErrorKind::Validation | ErrorKind::Malformed => {
            ("The request breaks a rule.", Error::field("name", "must not be empty"))
        }
        ErrorKind::Unauthorized => ("No key, or one that is not known.", Error::unauthorized()),
        ErrorKind::PlanRequired | ErrorKind::Forbidden => (
            "The plan lacks this, or the key may not do it.",
            Error::new(kind, "your plan does not include this"),
        ),
        ErrorKind::NotFound => ("Not found.", Error::not_found("resource")),
        ErrorKind::Conflict | ErrorKind::KeyReused => (
            "Conflict with another write or an existing resource.",
            Error::new(kind, "it was changed by another request"),
        ),
        ErrorKind::PayloadTooLarge => {
            ("The body is too large.", Error::new(kind, "the body must have at most 1048576 bytes"))
        }
        ErrorKind::RateLimited | ErrorKind::QuotaExceeded => (
            "Too many calls in this minute or month; `Retry-After` says how long to wait.",
            Error::new(kind, "You exceeded 60 requests in 1 minute."),
        ),
        ErrorKind::MethodNotAllowed => ("No such method.", Error::new(kind, "not allowed here")),
        ErrorKind::Internal => {
            ("Internal error.", Error::new(kind, "something went wrong on our end"))
        }
    };
    let mut failure = json!({"description": text, "content": {"application/json": {
        "schema": {"$ref": format!("#/components/schemas/{dialect}.Error")},
        "example": body(dialect, &example),
    }}});
    if matches!(kind, ErrorKind::RateLimited | ErrorKind::QuotaExceeded) {
        failure["headers"]["Retry-After"] =
            json!({"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}});
    }
    failure
}

/// The schema of an object that has all of `fields`.
pub(crate) fn object(fields: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// The schema of any text.
pub(crate) fn text() -> Value {
    json!({"type": "string"})
}

/// A scheme by which a token is sent as Bearer.
pub(crate) fn bearer(description: &str) -> Value {
    json!({"type": "http", "scheme": "bearer", "description": description})
}
