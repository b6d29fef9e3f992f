//! Which records of the stream a function is called with: Lambda drops the others, by the patterns that
//! the template declares, and so does the platform on one machine.

use serde_json::Value as Json;
use serde_yaml_ng::Value;

use crate::{LocalError, Result};

/// The patterns of one consumer. A record has to match one of them; without any, each does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordFilter(Vec<Json>);

impl RecordFilter {
    /// Those of an event with these `properties`.
    ///
    /// # Errors
    ///
    /// If one is about something else than texts of a record's keys, which is all that is looked at here.
    pub(crate) fn parse(properties: &Value) -> Result<Self> {
        let filters = properties["FilterCriteria"]["Filters"].as_sequence();
        let pattern = |filter: &Value| {
            let text = filter["Pattern"].as_str().unwrap_or_default();
            let whole: Json = serde_json::from_str(text).map_err(LocalError::of)?;
            let keys = &whole["dynamodb"]["Keys"];
            let is_about_keys = whole == serde_json::json!({ "dynamodb": { "Keys": keys } });
            match is_about_keys && is_understood(keys) {
                true => Ok(keys.clone()),
                false => Err(LocalError(format!("a filter is not understood here: {whole}"))),
            }
        };
        filters.into_iter().flatten().map(pattern).collect::<Result<_>>().map(Self)
    }

    /// Whether a function is called with a record of the item with these `keys`.
    pub fn passes(&self, keys: &Json) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| is_like(keys, pattern))
    }
}

fn is_understood(pattern: &Json) -> bool {
    match pattern {
        Json::Object(fields) => !fields.is_empty() && fields.values().all(is_understood),
        Json::Array(any) => any.iter().all(|one| one.is_string() || prefix(one).is_some()),
        _ => false,
    }
}

fn prefix(one: &Json) -> Option<&str> {
    let fields = one.as_object().filter(|fields| fields.len() == 1)?;
    fields.get("prefix")?.as_str()
}

fn is_like(value: &Json, pattern: &Json) -> bool {
    match pattern {
        Json::Object(fields) => {
            fields.iter().all(|(name, pattern)| is_like(&value[name.as_str()], pattern))
        }
        Json::Array(any) => any.iter().any(|one| match (prefix(one), value.as_str()) {
            (Some(prefix), Some(text)) => text.starts_with(prefix),
            _ => value == one,
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filter(pattern: &Json) -> Result<RecordFilter> {
        let text = serde_json::to_string(&pattern.to_string()).unwrap();
        let properties = format!("FilterCriteria: {{Filters: [{{Pattern: {text}}}]}}");
        RecordFilter::parse(&serde_yaml_ng::from_str(&properties).unwrap())
    }

    #[test]
    fn a_record_passes_whose_keys_are_like_the_pattern() {
        let keys =
            json!({"pk": {"S": [{"prefix": "SRC#"}, "ONE"]}, "sk": {"S": [{"prefix": "PAGE#"}]}});
        let filter = filter(&json!({"dynamodb": {"Keys": keys}})).unwrap();
        for (pk, sk, passes) in [
            ("SRC#1", "PAGE#2", true),
            ("ONE", "PAGE#", true),
            ("SRC#1", "CHUNK#2", false),
            ("ONE#", "PAGE#2", false),
        ] {
            let keys = json!({"pk": {"S": pk}, "sk": {"S": sk}});
            assert_eq!(filter.passes(&keys), passes, "{pk} {sk}");
        }
        assert!(!filter.passes(&json!({"pk": {"S": "SRC#1"}})));
        assert!(RecordFilter::default().passes(&json!({})));
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_refused() {
        let keys = json!({"pk": {"S": ["A"]}});
        for pattern in [
            json!({"eventName": ["REMOVE"]}),
            json!({"dynamodb": {"Keys": keys, "NewImage": keys}}),
            json!({"dynamodb": {"Keys": {"pk": {"S": [{"suffix": "A"}]}}}}),
            json!({}),
        ] {
            assert!(filter(&pattern).is_err(), "{pattern}");
        }
    }
}
