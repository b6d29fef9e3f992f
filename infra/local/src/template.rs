//! Reading `template.yaml`: what the local platform needs of it, and nothing that it makes up.

use std::{collections::HashMap, sync::OnceLock};

use serde_json::{Map, Value as Json, json};
use serde_yaml_ng::Value;

use crate::{
    LocalError, Result,
    filter::RecordFilter,
    policy::{self, Grant},
};

/// The template of this build.
pub const TEXT: &str = include_str!("../../../template.yaml");

/// What the template declares.
#[derive(Debug, Clone)]
pub struct Template {
    /// Parameters with their defaults.
    pub parameters: HashMap<String, String>,
    /// Functions in the template's order.
    pub functions: Vec<Function>,
    /// Work queues and dead-letter queues, those that others point to first.
    pub queues: Vec<TemplateQueue>,
    /// The table, as DynamoDB's CreateTable takes it.
    pub table: Json,
    /// The attribute by which items expire.
    pub ttl_attribute: Option<String>,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Name of its binary.
    pub binary: String,
    /// Its settings, not resolved: literals and references.
    pub settings: HashMap<String, Setting>,
    /// What calls it.
    pub events: Vec<TemplateEvent>,
    /// What its role lets it do with the table.
    pub grants: Vec<Grant>,
}

/// A setting's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Itself.
    Literal(String),
    /// What the template calls by this name: a parameter, the table, a queue, a secret.
    Ref(String),
}

/// What calls a function.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateEvent {
    /// A route of the API.
    Route {
        /// Path with `{names}`.
        path: String,
        /// Method, or `ANY`.
        method: String,
        /// Whether answers are streamed.
        streams: bool,
    },
    /// Messages of a queue.
    Queue {
        /// Its name in the template.
        queue: String,
        /// Messages in a call at most.
        batch: usize,
    },
    /// Records of the table's stream.
    Stream {
        /// Records in a call at most.
        batch: usize,
        /// Whether calls belong to a window, and so say their shard.
        windowed: bool,
        /// How often a record that fails is tried again.
        retries: u32,
        /// The records it is called with.
        filter: RecordFilter,
    },
    /// The period in seconds.
    Schedule {
        /// The period.
        seconds: u64,
    },
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateQueue {
    /// Its name in the template.
    pub name: String,
    /// Seconds that a received message stays out of sight.
    pub visibility: u32,
    /// Where messages go that were received this often.
    pub dead_letters: Option<(String, u32)>,
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The name that `!Ref X`, `!GetAtt X.Y` or their long forms point to.
fn referred(value: &Value) -> Option<String> {
    let name = match value {
        Value::Tagged(tagged) => text(&tagged.value)?,
        Value::Mapping(map) => text(map.values().next()?)?,
        _ => return None,
    };
    name.split('.').next().map(str::to_owned)
}

fn bad(what: &str) -> LocalError {
    LocalError(format!("template.yaml: {what}"))
}

fn number(value: &Value, default: u64) -> u64 {
    value.as_u64().unwrap_or(default)
}

impl Template {
    /// That of this build, parsed once per process.
    pub fn of_this_build() -> Result<&'static Self> {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        if let Some(template) = TEMPLATE.get() {
            return Ok(template);
        }
        let template = Self::parse(TEXT)?;
        Ok(TEMPLATE.get_or_init(|| template))
    }

    /// Reads a template.
    pub fn parse(source: &str) -> Result<Self> {
        let mut root: Value = serde_yaml_ng::from_str(source).map_err(LocalError::of)?;
        root.apply_merge().map_err(LocalError::of)?;
        let resources =
            root["Resources"].as_mapping().ok_or_else(|| bad("there are no Resources"))?;
        let globals = settings(&root["Globals"]["Function"]);
        let mut template = Self {
            parameters: HashMap::new(),
            functions: Vec::new(),
            queues: Vec::new(),
            table: Json::Null,
            ttl_attribute: None,
        };
        for (name, parameter) in root["Parameters"].as_mapping().into_iter().flatten() {
            if let (Some(name), Some(default)) = (text(name), text(&parameter["Default"])) {
                template.parameters.insert(name, default);
            }
        }
        for (name, resource) in resources {
            let name = text(name).ok_or_else(|| bad("a resource's name is not text"))?;
            let properties = &resource["Properties"];
            match resource["Type"].as_str().unwrap_or_default() {
                "AWS::Serverless::Function" => {
                    let mut function = function(&name, resource, &globals)?;
                    function.grants = policy::grants(properties, &root["Resources"]);
                    template.functions.push(function);
                }
                "AWS::SQS::Queue" => template.queues.push(queue(name, properties)),
                "AWS::DynamoDB::Table" => {
                    template.table = table(properties)?;
                    template.ttl_attribute =
                        text(&properties["TimeToLiveSpecification"]["AttributeName"]);
                }
                _ => {}
            }
        }
        template.queues.sort_by_key(|queue| queue.dead_letters.is_some());
        Ok(template)
    }
}

fn settings(function: &Value) -> HashMap<String, Setting> {
    let variables = function["Environment"]["Variables"].as_mapping();
    let mut settings = HashMap::new();
    for (name, value) in variables.into_iter().flatten() {
        let setting =
            text(value).map(Setting::Literal).or_else(|| referred(value).map(Setting::Ref));
        if let (Some(name), Some(setting)) = (text(name), setting) {
            settings.insert(name, setting);
        }
    }
    settings
}

fn function(name: &str, resource: &Value, globals: &HashMap<String, Setting>) -> Result<Function> {
    let properties = &resource["Properties"];
    let binary = text(&resource["Metadata"]["BuildProperties"]["Binary"])
        .ok_or_else(|| bad(&format!("{name} names no Binary")))?;
    let mut all = globals.clone();
    all.extend(settings(properties));
    let mut events = Vec::new();
    for (event, declared) in properties["Events"].as_mapping().into_iter().flatten() {
        let of = &declared["Properties"];
        let incomplete = || bad(&format!("event {:?} of {name} is incomplete", text(event)));
        events.push(match declared["Type"].as_str().unwrap_or_default() {
            "Api" => TemplateEvent::Route {
                path: text(&of["Path"]).ok_or_else(incomplete)?,
                method: text(&of["Method"]).ok_or_else(incomplete)?.to_uppercase(),
                streams: of["ResponseTransferMode"].as_str() == Some("RESPONSE_STREAM"),
            },
            "SQS" => TemplateEvent::Queue {
                queue: referred(&of["Queue"]).ok_or_else(incomplete)?,
                batch: usize::try_from(number(&of["BatchSize"], 10)).unwrap_or(10),
            },
            "DynamoDB" => TemplateEvent::Stream {
                batch: usize::try_from(number(&of["BatchSize"], 100)).unwrap_or(100),
                windowed: of["TumblingWindowInSeconds"].is_number(),
                // -1 is for as long as the record is there.
                retries: of["MaximumRetryAttempts"]
                    .as_i64()
                    .and_then(|retries| u32::try_from(retries).ok())
                    .unwrap_or(u32::MAX),
                filter: RecordFilter::parse(of)?,
            },
            "Schedule" | "ScheduleV2" => TemplateEvent::Schedule {
                seconds: text(&of["Schedule"])
                    .or_else(|| text(&of["ScheduleExpression"]))
                    .and_then(|rate| rate_seconds(&rate))
                    .ok_or_else(incomplete)?,
            },
            other => return Err(bad(&format!("{name} has an event of type {other}"))),
        });
    }
    Ok(Function { binary, settings: all, events, grants: Vec::new() })
}

/// `rate(1 minute)` in seconds.
fn rate_seconds(rate: &str) -> Option<u64> {
    let (count, unit) = rate.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let unit = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return None,
    };
    Some(count.parse::<u64>().ok()? * unit)
}

fn queue(name: String, properties: &Value) -> TemplateQueue {
    let redrive = &properties["RedrivePolicy"];
    let dead_letters = referred(&redrive["deadLetterTargetArn"])
        .map(|target| (target, u32::try_from(number(&redrive["maxReceiveCount"], 5)).unwrap_or(5)));
    let visibility = u32::try_from(number(&properties["VisibilityTimeout"], 30)).unwrap_or(30);
    TemplateQueue { name, visibility, dead_letters }
}

fn table(properties: &Value) -> Result<Json> {
    let mut spec = Map::new();
    for name in [
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "BillingMode",
        "StreamSpecification",
    ] {
        let value: Json = serde_json::to_value(&properties[name]).map_err(LocalError::of)?;
        spec.insert(name.to_owned(), value);
    }
    // What depends on a condition is the vector index's, which no emulator has.
    if let Some(defined) = spec.get_mut("AttributeDefinitions").and_then(Json::as_array_mut) {
        defined.retain(|attribute| attribute.get("AttributeName").is_some());
    }
    spec.insert("TableName".to_owned(), json!("colloquy"));
    Ok(Json::Object(spec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_this_build_is_understood() {
        let template = Template::parse(TEXT).unwrap();
        let of = |binary: &str| {
            template.functions.iter().find(|f| f.binary == binary).expect(binary).clone()
        };
        assert!(of("chat-stream").events.iter().any(|event| matches!(
            event,
            TemplateEvent::Route { streams: true, path, .. } if path == "/api/v1/chat/stream"
        )));
        assert!(matches!(of("ticker").events[..], [TemplateEvent::Schedule { seconds: 60 }]));
        assert!(matches!(
            of("stats-worker").events[..],
            [TemplateEvent::Stream { windowed: true, .. }]
        ));
        assert_eq!(of("access").settings["SIGNUP_PLAN"], Setting::Ref("SignupPlan".into()));
        let crawl = template.queues.iter().find(|q| q.name == "CrawlQueue").unwrap();
        let (dead, receives) = crawl.dead_letters.clone().unwrap();
        assert!(receives > 1 && template.queues.iter().any(|q| q.name == dead));
        assert!(template.table["GlobalSecondaryIndexes"].as_array().unwrap().len() >= 2);
        assert_eq!(template.ttl_attribute.as_deref(), Some("expires_at"));
    }
}
