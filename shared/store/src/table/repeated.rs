//! Writes that the SDK sends again: an attempt may have been carried out, and its answer lost. The
//! next one then fails its condition, or would count a second time. Each conditional write bears a mark
//! of its own, so that it knows what it wrote itself. A transaction has a token for the same.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
    types::AttributeValue,
};
use domain::EventId;

use crate::table::{
    client::Item,
    write::{What, Write},
};

/// The attribute that holds the mark of the last conditional write by itself.
const ATTRIBUTE: &str = "wid";
/// Characters of a mark: enough to tell apart the writes of one item that are under way.
const CHARACTERS: usize = 12;

/// What tells a write apart from all others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark(Option<AttributeValue>);

impl Mark {
    fn new() -> Self {
        // The last digits of a new id are random, its first ones are the time.
        let mut id = EventId::new().to_string();
        let mark = id.split_off(id.len() - CHARACTERS);
        Self(Some(AttributeValue::S(mark)))
    }

    /// Whether the write that has this mark was the last one of `item`.
    pub fn is_in(&self, item: &Item) -> bool {
        self.0.is_some() && item.get(ATTRIBUTE) == self.0.as_ref()
    }
}

impl Write {
    /// The write with a mark, if carrying it out twice is not the same as once.
    pub(crate) fn marked(mut self) -> (Self, Mark) {
        let adds = matches!(&self.what, What::Update(to) if begins_clause(to, "ADD").is_some());
        if self.condition.is_none() && !adds {
            return (self, Mark(None));
        }
        let mark = Mark::new();
        let Some(value) = mark.0.clone() else { return (self, mark) };
        match &mut self.what {
            What::Put(item) => {
                item.insert(ATTRIBUTE.to_owned(), value);
            }
            What::Update(expression) => {
                let set = format!("SET #{ATTRIBUTE} = :{ATTRIBUTE}");
                *expression = match begins_clause(expression, "SET") {
                    Some(at) => {
                        let (before, rest) = expression.split_at(at);
                        format!("{before}{set}, {}", rest.trim_start_matches("SET").trim_start())
                    }
                    None => format!("{expression} {set}"),
                };
                self.names.insert(format!("#{ATTRIBUTE}"), ATTRIBUTE.to_owned());
                self.values.insert(format!(":{ATTRIBUTE}"), value);
                let fresh =
                    format!("(attribute_not_exists(#{ATTRIBUTE}) OR #{ATTRIBUTE} <> :{ATTRIBUTE})");
                self.condition = Some(match self.condition.take() {
                    Some(condition) => format!("({condition}) AND {fresh}"),
                    None => fresh,
                });
            }
            What::Delete | What::Check => {}
        }
        (self, mark)
    }
}

/// Where a clause of an update expression begins.
fn begins_clause(expression: &str, clause: &str) -> Option<usize> {
    expression.match_indices(clause).map(|(at, _)| at).find(|at| {
        let (before, rest) = (&expression[..*at], &expression[*at + clause.len()..]);
        (before.is_empty() || before.ends_with(' ')) && rest.starts_with(' ')
    })
}

/// Counts how often a request was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// How often it was.
    pub fn count(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;

    fn update(expression: &str) -> Write {
        Write::update(Key { pk: "a".into(), sk: "b".into() }, expression)
    }

    fn marked(write: Write) -> (String, Option<String>) {
        let (write, _) = write.marked();
        let What::Update(expression) = write.what else { panic!("an update") };
        (expression, write.condition)
    }

    #[test]
    fn the_mark_is_set_beside_what_an_update_sets() {
        let fresh = "(attribute_not_exists(#wid) OR #wid <> :wid)";
        for (expression, expected) in [
            ("SET a = :a", "SET #wid = :wid, a = :a"),
            ("REMOVE OFFSET_A", "REMOVE OFFSET_A SET #wid = :wid"),
            ("ADD a :one SET b = :b", "ADD a :one SET #wid = :wid, b = :b"),
        ] {
            let (written, condition) = marked(update(expression).when("c OR d"));
            assert_eq!(written, expected);
            assert_eq!(condition.unwrap(), format!("(c OR d) AND {fresh}"));
        }
        assert_eq!(marked(update("ADD a :one")).1.unwrap(), fresh, "it would count twice");
        assert_eq!(marked(update("SET a = :a")), ("SET a = :a".into(), None));
    }

    #[test]
    fn a_write_knows_its_own_mark_only() {
        let (write, mark) = update("SET a = :a").when("b").marked();
        let own = Item::from([(ATTRIBUTE.to_owned(), write.values[":wid"].clone())]);
        let (_, other) = update("SET a = :a").when("b").marked();
        assert!(mark.is_in(&own) && !other.is_in(&own) && !mark.is_in(&Item::new()));
        assert!(!update("SET a = :a").marked().1.is_in(&own));
    }
}
