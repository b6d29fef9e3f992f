//! JSON Schemas of tools as every model's wire takes them: an object at the root, without alternatives
//! there, within bounds, and nothing that would have to be fetched.
//!
//! What a repaired schema can't say any more is said in words. The server checks the arguments anyway.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

/// The largest schema, in bytes.
const MAX_SCHEMA: usize = 32 * 1024;
/// The greatest depth to which schemas may be nested.
const MAX_DEPTH: usize = 12;
/// References and alternatives that are followed at the root, one in another and in all.
const MAX_STEPS: usize = 8;
const MAX_BRANCHES: usize = 256;
/// The longest quotation of a rule, in characters.
const MAX_RULE: usize = 300;
/// The longest text of all rules.
const MAX_RULES: usize = 600;

/// A schema that every wire takes.
#[derive(Debug)]
pub(super) struct Repaired {
    pub(super) schema: Value,
    /// What the schema does not say, for the tool's description.
    pub(super) rule: Option<String>,
}

/// `schema` repaired. The error says why its tool can't be offered.
pub(super) fn repaired(schema: &Value) -> Result<Repaired, String> {
    if schema.to_string().len() > MAX_SCHEMA {
        return Err(format!("its schema is larger than {MAX_SCHEMA} bytes"));
    }
    let root = cleaned(schema, 0)?;
    let mut walk = Walk { root: &root, rules: Vec::new(), branches: 0 };
    let shape = walk.shape(&root, 0).unwrap_or_default();
    let mut rules = walk.rules;
    let schema = shape.schema(&root);
    for key in shape_keys(&schema) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        // Anthropic refuses the whole request otherwise.
        if key.is_empty() || key.len() > 64 || !key.chars().all(plain) {
            return Err(
                "an argument's name is not of 1 to 64 letters, digits, _, . and -".to_owned()
            );
        }
    }
    if !references_lead_somewhere(&schema, &schema) {
        return Err("its schema refers to a part that is not there".to_owned());
    }
    rules.dedup();
    let rule = domain::conversation::shorten(&rules.join(" "), MAX_RULES);
    Ok(Repaired { schema, rule: (!rule.is_empty()).then_some(rule) })
}

fn shape_keys(schema: &Value) -> impl Iterator<Item = &String> {
    schema["properties"].as_object().into_iter().flat_map(Map::keys)
}

/// A copy without the keywords that no model needs; references are looked at, never followed.
fn cleaned(schema: &Value, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err(format!("its schema is nested deeper than {MAX_DEPTH} levels"));
    }
    let Value::Object(map) = schema else { return Ok(schema.clone()) };
    let mut out = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            ("$schema" | "$id" | "x-mcp-header", _) => continue,
            ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(target)) => {
                if !target.starts_with('#') {
                    return Err("its schema refers to another document".to_owned());
                }
                value.clone()
            }
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
                Value::Object(schemas),
            ) => Value::Object(
                schemas
                    .iter()
                    .map(|(name, schema)| Ok((name.clone(), cleaned(schema, depth + 1)?)))
                    .collect::<Result<_, String>>()?,
            ),
            (
                "anyOf" | "oneOf" | "allOf" | "prefixItems" | "items" | "additionalItems",
                Value::Array(schemas),
            ) => schemas
                .iter()
                .map(|schema| cleaned(schema, depth + 1))
                .collect::<Result<Vec<_>, String>>()?
                .into(),
            (
                "items"
                | "additionalItems"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contentSchema",
                schema,
            ) => cleaned(schema, depth + 1)?,
            // Annotations, bounds and data.
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    Ok(Value::Object(out))
}

/// What an object's arguments are, put together from a schema and its alternatives.
#[derive(Default)]
struct Shape {
    properties: Map<String, Value>,
    required: Vec<String>,
}

/// Puts shapes together.
struct Walk<'a> {
    /// Where references lead.
    root: &'a Value,
    /// What no shape says.
    rules: Vec<String>,
    branches: usize,
}

impl<'a> Walk<'a> {
    /// The arguments that `schema` describes; `None` if it is not of an object.
    fn shape(&mut self, schema: &'a Value, steps: usize) -> Option<Shape> {
        self.branches += 1;
        let map = schema.as_object()?;
        if steps > MAX_STEPS || self.branches > MAX_BRANCHES || !is_object(map) {
            return None;
        }
        let mut shape = Shape::default();
        if let Some(Value::Object(properties)) = map.get("properties") {
            shape.properties = properties.clone();
        }
        shape.require(map.get("required"));
        let target = map.get("$ref").and_then(|target| pointed(self.root, target));
        for branch in target.into_iter().chain(branches(map, "allOf")) {
            shape.take_in(self.shape(branch, steps + 1), "allOf", true);
        }
        for keyword in ["anyOf", "oneOf"] {
            let all = branches(map, keyword).iter();
            let shapes = all.filter_map(|branch| self.shape(branch, steps + 1)).collect();
            shape.take_in(self.alternatives(shapes, keyword), "allOf", true);
        }
        for branch in ["then", "else"].iter().filter_map(|keyword| map.get(*keyword)) {
            shape.take_in(self.shape(branch, steps + 1), "anyOf", false);
        }
        for keyword in ["not", "enum", "const", "if"] {
            if let Some(value) = map.get(keyword) {
                let text = json!({ keyword: value }).to_string();
                let text = domain::conversation::shorten(&text, MAX_RULE);
                self.rules
                    .push(format!("The arguments must also satisfy this JSON Schema: {text}"));
            }
        }
        Some(shape)
    }

    /// All arguments of all `shapes`; required is what every one requires.
    fn alternatives(&mut self, shapes: Vec<Shape>, keyword: &str) -> Option<Shape> {
        let mut every = shapes.first()?.required.clone();
        every.retain(|name| shapes.iter().all(|shape| shape.required.contains(name)));
        let sets: Vec<String> = shapes
            .iter()
            .map(|shape| match shape.required.is_empty() {
                true => "none".to_owned(),
                false => shape.required.join(" and "),
            })
            .collect();
        if sets.iter().any(|set| *set != sets[0]) {
            let how = if keyword == "oneOf" { "exactly one" } else { "at least one" };
            let sets = domain::conversation::shorten(&sets.join("; or "), MAX_RULE);
            self.rules
                .push(format!("Arguments that go together, of which {how} set is needed: {sets}."));
        }
        let mut merged = Shape::default();
        for shape in shapes {
            merged.take_in(Some(shape), "anyOf", false);
        }
        merged.required = every;
        Some(merged)
    }
}

fn is_object(map: &Map<String, Value>) -> bool {
    match map.get("type") {
        None => true,
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.contains(&json!("object")),
        Some(_) => false,
    }
}

impl Shape {
    fn require(&mut self, names: Option<&Value>) {
        let names = names.and_then(Value::as_array).into_iter().flatten();
        for name in names.filter_map(Value::as_str) {
            if !self.required.iter().any(|known| known == name) {
                self.required.push(name.to_owned());
            }
        }
    }

    /// Adds the arguments of `other`. One that both have is what the keyword `how` says of both.
    fn take_in(&mut self, other: Option<Self>, how: &str, required: bool) {
        let Some(other) = other else { return };
        for (name, schema) in other.properties {
            match self.properties.get_mut(&name) {
                Some(known) if *known == schema => {}
                Some(known) => match known.get_mut(how).and_then(Value::as_array_mut) {
                    Some(all) if all.contains(&schema) => {}
                    Some(all) => all.push(schema),
                    None => *known = json!({ how: [known.take(), schema] }),
                },
                None => {
                    self.properties.insert(name, schema);
                }
            }
        }
        if required {
            self.require(Some(&json!(other.required)));
        }
    }

    /// As a schema, with what else the root says.
    fn schema(self, root: &Value) -> Value {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), json!(self.required));
        }
        let gone =
            ["anyOf", "oneOf", "allOf", "not", "enum", "const", "if", "then", "else", "$ref"];
        for (key, value) in root.as_object().into_iter().flatten() {
            if !gone.contains(&key.as_str()) && !schema.contains_key(key) && key != "required" {
                schema.insert(key.clone(), value.clone());
            }
        }
        Value::Object(schema)
    }
}

fn branches<'a>(map: &'a Map<String, Value>, keyword: &str) -> &'a [Value] {
    map.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Where a reference of the same document leads.
fn pointed<'a>(root: &'a Value, target: &Value) -> Option<&'a Value> {
    root.pointer(target.as_str()?.strip_prefix('#')?)
}

/// Whether all references lead to a part of `root`. What is data is not told apart: a string under
/// `$ref` in an example costs a tool that is odd anyway.
fn references_lead_somewhere(value: &Value, root: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().all(|(key, value)| match (key.as_str(), value) {
            ("$ref", Value::String(_)) => pointed(root, value).is_some(),
            _ => references_lead_somewhere(value, root),
        }),
        Value::Array(all) => all.iter().all(|value| references_lead_somewhere(value, root)),
        _ => true,
    }
}
