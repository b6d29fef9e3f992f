//! The three-times rule: the same call with the same arguments, again and again, leads nowhere.

use ai::ToolCall;
use serde_json::Value;

/// The same call in a row after which the model is told.
const TOLD_AFTER: u32 = 3;

/// What a call is, seen beside those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    /// It may be made.
    Allowed,
    /// It ends the run.
    TooMany,
}

/// The last call, and how many times in a row it came.
#[derive(Debug, Default)]
pub(super) struct Repetitions {
    last: Option<(String, String)>,
    times: u32,
}

/// The arguments whatever their spaces and the order of their names.
fn canonical(arguments: &str) -> String {
    let value = serde_json::from_str::<Value>(arguments);
    value.map_or_else(|_| arguments.to_owned(), |value| sorted(value).to_string())
}

/// `value` with the names of all objects in order. Arguments are bounded in depth by their parser.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(name, v)| (name, sorted(v))).collect();
            entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

impl Repetitions {
    /// Notes the next call.
    pub fn note(&mut self, call: &ToolCall) -> Repetition {
        let this = (call.name.clone(), canonical(&call.arguments));
        self.times = if self.last.as_ref() == Some(&this) { self.times + 1 } else { 1 };
        self.last = Some(this);
        if self.times > TOLD_AFTER { Repetition::TooMany } else { Repetition::Allowed }
    }

    /// Whether the last call came for the third time in a row.
    pub fn is_third(&self) -> bool {
        self.times == TOLD_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_is_told_the_fourth_is_too_many_and_another_call_begins_again() {
        let mut seen = Repetitions::default();
        let mut note = |name: &str, arguments: &str| {
            let call = ToolCall {
                id: String::new(),
                name: name.to_owned(),
                arguments: arguments.to_owned(),
            };
            (seen.note(&call), seen.is_third())
        };
        let allowed = (Repetition::Allowed, false);
        assert_eq!(note("find", r#"{"a":1,"b":2}"#), allowed);
        assert_eq!(note("find", r#"{ "b": 2, "a": 1 }"#), allowed);
        assert_eq!(note("find", r#"{"a":1,"b":3}"#), allowed);
        assert_eq!(note("list", "{}"), allowed);
        assert_eq!(note("list", "{}"), allowed);
        assert_eq!(note("list", "{ }"), (Repetition::Allowed, true));
        assert_eq!(note("list", "{}"), (Repetition::TooMany, false));
        assert_eq!(note("list", "not json"), allowed);
    }
}
