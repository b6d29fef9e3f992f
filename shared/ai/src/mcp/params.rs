//! Headers that repeat what a body says, as servers of 2026-07-28 want them.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

/// The annotation of an argument that is sent as a header too.
const ANNOTATION: &str = "x-mcp-header";
/// Integers that every reader of JSON keeps.
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// An argument that is sent as a header too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderParam {
    /// The part after `Mcp-Param-`.
    name: String,
    /// Names of properties, from the root on.
    path: Vec<String>,
}

/// The arguments that a schema says are sent as headers. The error says why its tool has to be left out.
pub(super) fn of(schema: &Value) -> Result<Vec<HeaderParam>, String> {
    let mut found = Vec::new();
    walk(schema, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(
    schema: &Value,
    path: &mut Vec<String>,
    found: &mut Vec<HeaderParam>,
) -> Result<(), String> {
    for (key, value) in schema.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties {
                    path.push(name.clone());
                    if let Some(annotation) = property.get(ANNOTATION) {
                        found.push(param(annotation, property, path, found)?);
                    }
                    walk(property, path, found)?;
                    path.pop();
                }
            }
            // Looked at with its property.
            (ANNOTATION, _) if !path.is_empty() => {}
            (key, value) => {
                if key == ANNOTATION || is_annotated(value) {
                    return Err(format!("{ANNOTATION} is not reached by properties alone"));
                }
            }
        }
    }
    Ok(())
}

fn is_annotated(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            map.iter().any(|(key, value)| key == ANNOTATION || is_annotated(value))
        }
        Value::Array(all) => all.iter().any(is_annotated),
        _ => false,
    }
}

fn param(
    annotation: &Value,
    property: &Value,
    path: &[String],
    found: &[HeaderParam],
) -> Result<HeaderParam, String> {
    let name = annotation.as_str().filter(|name| is_token(name));
    let name = name.ok_or_else(|| format!("{ANNOTATION} is not the name of a header"))?;
    if found.iter().any(|other| other.name.eq_ignore_ascii_case(name)) {
        return Err(format!("two arguments have the {ANNOTATION} {name}"));
    }
    let kinds: Vec<&str> = match &property["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let kinds: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "null").collect();
    match kinds[..] {
        ["string" | "integer" | "boolean"] => {
            Ok(HeaderParam { name: name.to_owned(), path: path.to_vec() })
        }
        _ => Err(format!("{ANNOTATION} is on an argument that is no string, integer or boolean")),
    }
}

/// Characters of a header's name (RFC 9110, 5.6.2).
fn is_token(name: &str) -> bool {
    let tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.len() <= 128 && name.chars().all(tchar)
}

/// The headers for a call's arguments. The error is a text for the model that wrote them.
pub(super) fn headers(
    params: &[HeaderParam],
    arguments: &Map<String, Value>,
) -> Result<Vec<(String, String)>, String> {
    let mut headers = Vec::new();
    for HeaderParam { name, path } in params {
        let mut value = path.first().and_then(|name| arguments.get(name));
        for name in path.iter().skip(1) {
            value = value.and_then(|value| value.get(name));
        }
        let text = match value {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) => encoded(text),
            Some(Value::Bool(value)) => value.to_string(),
            Some(number) => match number.as_i64() {
                Some(number) if (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => {
                    number.to_string()
                }
                _ => {
                    let path = path.join(".");
                    return Err(format!(
                        "The argument {path} must be a text, a whole number or a boolean."
                    ));
                }
            },
        };
        headers.push((format!("mcp-param-{name}"), text));
    }
    Ok(headers)
}

/// A header's value; what a header can't hold is packed.
pub(super) fn encoded(value: &str) -> String {
    let is_blank = |c: char| c == ' ' || c == '\t';
    let visible = value.chars().all(|c| is_blank(c) || c.is_ascii_graphic());
    let looks_packed = value.starts_with("=?base64?") && value.ends_with("?=");
    match visible && !looks_packed && value.trim_matches(is_blank) == value {
        true => value.to_owned(),
        false => format!("=?base64?{}?=", BASE64_STANDARD.encode(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_that_no_header_holds_are_packed() {
        for plain in ["us-west1", "a b\tc", "", "=?base64?x", "Grobe"] {
            assert_eq!(encoded(plain), plain);
        }
        for (value, packed) in [
            ("Größe", "R3LDtsOfZQ=="),
            (" padded", "IHBhZGRlZA=="),
            ("padded\t", "cGFkZGVkCQ=="),
            ("a\r\nb: c", "YQ0KYjogYw=="),
            ("=?base64?eA==?=", "PT9iYXNlNjQ/ZUE9PT89"),
        ] {
            assert_eq!(encoded(value), format!("=?base64?{packed}?="), "{value:?}");
        }
    }

    #[test]
    fn arguments_are_found_where_their_schema_says() {
        let schema = json!({ "type": "object", "properties": {
            "region": { "type": "string", "x-mcp-header": "Region" },
            "count": { "type": ["integer", "null"], "x-mcp-header": "Count" },
            "dry": { "type": "boolean", "x-mcp-header": "Dry" },
            "deep": { "type": "object", "properties": {
                "key": { "type": "string", "x-mcp-header": "Key" },
            }},
        }});
        let params = of(&schema).unwrap();
        let sent = |arguments: Value| headers(&params, arguments.as_object().unwrap());
        let header = |name: &str, value: &str| (format!("mcp-param-{name}"), value.to_owned());
        assert_eq!(
            sent(json!({ "region": "eu", "count": -3, "dry": false, "deep": { "key": "ä" } })),
            Ok(vec![
                header("Region", "eu"),
                header("Count", "-3"),
                header("Dry", "false"),
                header("Key", "=?base64?w6Q=?="),
            ])
        );
        assert_eq!(sent(json!({ "region": null, "deep": 7 })), Ok(vec![]));
        for wrong in [json!(1.5), json!(9_007_199_254_740_992_i64), json!([1]), json!({})] {
            assert!(sent(json!({ "count": wrong })).unwrap_err().contains("count"), "{wrong}");
        }
        assert_eq!(
            sent(json!({ "count": 9_007_199_254_740_991_i64 })),
            Ok(vec![header("Count", "9007199254740991")])
        );
    }

    #[test]
    fn a_tool_that_breaks_the_rules_of_the_annotation_is_told() {
        let property =
            |property: Value| json!({ "type": "object", "properties": { "a": property } });
        for broken in [
            property(json!({ "type": "number", "x-mcp-header": "A" })),
            property(json!({ "type": "object", "x-mcp-header": "A" })),
            property(json!({ "x-mcp-header": "A" })),
            property(json!({ "type": ["string", "integer"], "x-mcp-header": "A" })),
            property(json!({ "type": "string", "x-mcp-header": "" })),
            property(json!({ "type": "string", "x-mcp-header": "a b" })),
            property(json!({ "type": "string", "x-mcp-header": "a:b" })),
            property(json!({ "type": "string", "x-mcp-header": 7 })),
            property(
                json!({ "type": "array", "items": { "type": "string", "x-mcp-header": "A" } }),
            ),
            json!({ "type": "object", "x-mcp-header": "A" }),
            json!({ "anyOf": [property(json!({ "type": "string", "x-mcp-header": "A" }))] }),
            json!({ "$defs": { "A": { "type": "string", "x-mcp-header": "A" } } }),
            json!({ "properties": {
                "a": { "type": "string", "x-mcp-header": "Same" },
                "b": { "type": "string", "x-mcp-header": "same" },
            }}),
        ] {
            assert!(of(&broken).is_err(), "{broken}");
        }
        assert_eq!(
            of(&json!({ "properties": { "x-mcp-header": { "type": "string" } } })),
            Ok(vec![])
        );
    }
}
