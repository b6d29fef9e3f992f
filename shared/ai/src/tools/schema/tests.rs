//! Schemas that servers were seen with, and what a model gets of them.

use super::*;

fn schema(value: Value) -> Value {
    repaired(&value).unwrap_or_else(|error| panic!("{value}: {error}")).schema
}

fn text() -> Value {
    json!({ "type": "string" })
}

#[test]
fn a_root_that_is_no_object_becomes_an_empty_one() {
    let empty = json!({ "type": "object", "properties": {} });
    for root in [
        json!(null),
        json!({}),
        json!(true),
        json!("text"),
        json!([]),
        json!({ "type": "string" }),
        json!({ "type": ["array", "null"], "items": {} }),
        json!({ "type": 7 }),
        json!({ "type": "object" }),
        json!({ "type": "object", "properties": [], "required": "a" }),
    ] {
        let repaired = schema(root.clone());
        assert_eq!(repaired["properties"], empty["properties"], "{root}");
        assert_eq!(repaired["type"], "object", "{root}");
        assert!(repaired.get("required").is_none());
    }
    let without_type = json!({ "properties": { "a": text() }, "required": ["a"] });
    let whole = json!({ "type": "object", "properties": { "a": text() }, "required": ["a"] });
    assert_eq!(schema(without_type), whole);
    assert_eq!(schema(whole.clone()), whole, "a good one stays as it is");
}

#[test]
fn keywords_that_models_refuse_are_dropped_and_names_of_arguments_are_not() {
    let given = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/a",
        "type": "object",
        "properties": {
            "$id": { "type": "string", "x-mcp-header": "Id" },
            "deep": { "type": "object", "properties": { "a": { "$id": "x", "type": "string" } } },
        },
        "additionalProperties": false,
    });
    // An argument's own name is not a keyword, but `$` is not taken by every wire.
    assert!(repaired(&given).unwrap_err().contains("argument's name"));
    let mut given = given;
    let id = given["properties"].as_object_mut().unwrap().remove("$id").unwrap();
    given["properties"]["id"] = id;
    assert_eq!(
        schema(given),
        json!({
            "type": "object",
            "properties": {
                "deep": { "type": "object", "properties": { "a": { "type": "string" } } },
                "id": { "type": "string" },
            },
            "additionalProperties": false,
        })
    );
}

#[test]
fn references_stay_inside() {
    let local = json!({
        "type": "object",
        "properties": { "a": { "$ref": "#/$defs/A" } },
        "$defs": { "A": { "type": "array", "items": { "$ref": "#/$defs/A" } } },
    });
    assert_eq!(schema(local.clone()), local);
    let of = |target: &str| {
        repaired(
            &json!({ "type": "object", "properties": { "a": { "items": { "$ref": target } } } }),
        )
    };
    for outside in [
        "https://example.com/a.json",
        "http://169.254.169.254/",
        "a.json#/x",
        "/x",
        "file:///etc/x",
    ] {
        assert!(of(outside).unwrap_err().contains("another document"), "{outside}");
    }
    assert!(of("#/$defs/None").unwrap_err().contains("not there"));
    assert!(of("#").is_ok());
    // A root that is a reference, also in a circle.
    let root = json!({ "$ref": "#/$defs/A", "$defs": { "A": { "properties": { "a": text() } } } });
    assert_eq!(schema(root)["properties"], json!({ "a": text() }));
    let circle = json!({ "$ref": "#/$defs/A", "$defs": { "A": { "$ref": "#/$defs/A" } } });
    assert_eq!(schema(circle)["properties"], json!({}));
}

#[test]
fn alternatives_at_the_root_become_one_object_and_a_rule() {
    for (keyword, how) in [("anyOf", "at least one"), ("oneOf", "exactly one")] {
        let given = json!({
            "type": "object",
            "properties": { "kind": text() },
            "required": ["kind"],
            keyword: [
                { "properties": { "page": text(), "x": text() }, "required": ["page", "x"] },
                { "properties": { "database": text(), "x": { "type": "integer" } },
                  "required": ["database", "x"] },
                { "type": "string" },
            ],
        });
        let Repaired { schema, rule } = repaired(&given).unwrap();
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {
                    "kind": text(),
                    "page": text(),
                    "x": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
                    "database": text(),
                },
                "required": ["kind", "x"],
            })
        );
        let rule = rule.unwrap();
        assert!(rule.contains(how) && rule.contains("page and x; or database and x"), "{rule}");
    }
    let Repaired { schema, rule } = repaired(&json!({
        "anyOf": [{ "required": ["a"] }, { "required": ["b"] }],
        "properties": { "a": text(), "b": text() },
    }))
    .unwrap();
    assert_eq!(schema["properties"], json!({ "a": text(), "b": text() }));
    assert!(rule.unwrap().contains("a; or b"));
}

#[test]
fn what_must_all_hold_is_put_together_and_conditions_are_told() {
    let Repaired { schema, rule } = repaired(&json!({
        "allOf": [
            { "$ref": "#/$defs/Base" },
            { "properties": { "b": text() }, "required": ["b"] },
            { "anyOf": [{ "properties": { "c": text() } }, { "properties": { "d": text() } }] },
        ],
        "$defs": { "Base": { "properties": { "a": text() }, "required": ["a"] } },
        "if": { "properties": { "a": { "const": "x" } } },
        "then": { "properties": { "e": text() }, "required": ["e"] },
        "not": { "required": ["z"] },
        "enum": [{ "a": "x" }],
    }))
    .unwrap();
    let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["a", "b", "c", "d", "e"]);
    assert_eq!(schema["required"], json!(["a", "b"]));
    for gone in ["allOf", "anyOf", "oneOf", "not", "enum", "if", "then"] {
        assert!(schema.get(gone).is_none(), "{gone}");
    }
    let rule = rule.unwrap();
    assert!(rule.contains("\"not\"") && rule.contains("\"enum\"") && rule.contains("\"if\""));
}

#[test]
fn size_depth_and_steps_are_bounded() {
    let nested = |depth: usize| {
        (0..depth)
            .fold(text(), |inner, _| json!({ "type": "object", "properties": { "a": inner } }))
    };
    assert!(repaired(&nested(12)).is_ok());
    assert!(repaired(&nested(13)).unwrap_err().contains("deeper"));
    let large = json!({ "type": "object", "description": "x".repeat(33_000) });
    assert!(repaired(&large).unwrap_err().contains("larger"));
    // Alternatives that refer to one another without an end.
    let circle = json!({
        "oneOf": [{ "$ref": "#/$defs/A" }, { "$ref": "#/$defs/B" }],
        "$defs": {
            "A": { "oneOf": [{ "$ref": "#/$defs/B" }, { "$ref": "#/$defs/A" }] },
            "B": { "oneOf": [{ "$ref": "#/$defs/A" }, { "$ref": "#/$defs/B" }] },
        },
    });
    assert_eq!(schema(circle)["type"], "object");
    let refs = |name: &str| vec![json!({ "$ref": format!("#/$defs/{name}") }); 500];
    let many = json!({ "anyOf": refs("A"), "$defs": { "A": { "anyOf": refs("A") } } });
    assert_eq!(schema(many)["type"], "object");
}
