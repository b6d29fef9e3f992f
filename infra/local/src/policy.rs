//! What a function's role lets it do with the table. There is no IAM on one machine, so a call that a
//! deployment would refuse is refused here, by the statements of the template: what the tests do not meet
//! is then missing in no deployment.

use serde_json::Value as Json;
use serde_yaml_ng::Value;

/// What a statement is about: the table itself, or one of its indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    Table,
    Index(String),
}

/// A statement of a policy, as far as it is about the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    actions: Vec<String>,
    reach: Vec<Reach>,
    /// Patterns of partition keys; all of them where there is no condition.
    keys: Option<Vec<String>>,
}

/// What a call needs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Need {
    action: String,
    reach: Reach,
    keys: Vec<String>,
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Sequence(all) => all.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn texts(value: &Value) -> Vec<String> {
    each(value).into_iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// The text of `!GetAtt Table.Arn` or `!Sub ${Table.Arn}/index/list`.
fn tagged(value: &Value) -> Option<&str> {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str(),
        _ => None,
    }
}

fn reach(value: &Value) -> Option<Reach> {
    match tagged(value)? {
        "Table.Arn" => Some(Reach::Table),
        text => {
            let index = text.strip_prefix("${Table.Arn}/index/")?;
            Some(Reach::Index(index.to_owned()))
        }
    }
}

/// The statements about the table of the function with these `properties`, in its own policies or in those
/// of its role among `resources`.
pub(crate) fn grants(properties: &Value, resources: &Value) -> Vec<Grant> {
    let own = each(&properties["Policies"]);
    let role = tagged(&properties["Role"]).and_then(|name| name.split('.').next());
    let of_role = role.map(|role| each(&resources[role]["Properties"]["Policies"]));
    let of_role = of_role.into_iter().flatten().map(|policy| &policy["PolicyDocument"]);
    own.into_iter()
        .chain(of_role)
        .flat_map(|policy| each(&policy["Statement"]))
        .filter_map(grant)
        .collect()
}

fn grant(statement: &Value) -> Option<Grant> {
    let reach: Vec<Reach> = each(&statement["Resource"]).into_iter().filter_map(reach).collect();
    let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
    let actions = texts(&statement["Action"]).into_iter();
    let actions = actions.filter_map(|action| action.strip_prefix("dynamodb:").map(str::to_owned));
    let grant =
        Grant { actions: actions.collect(), reach, keys: (!keys.is_null()).then(|| texts(keys)) };
    (!grant.reach.is_empty() && !grant.actions.is_empty()).then_some(grant)
}

/// Whether `text` matches `pattern`, whose stars stand for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => text == pattern,
        Some((begin, rest)) => text.strip_prefix(begin).is_some_and(|text| {
            (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| is_like(text, rest)))
        }),
    }
}

impl Grant {
    /// Patterns of the partition keys of the table that it opens; none if it is about an index alone.
    pub fn partitions(&self) -> &[String] {
        let of_table = self.keys.as_deref().filter(|_| self.reach.contains(&Reach::Table));
        of_table.unwrap_or_default()
    }

    /// Whether it is about all partitions of the table.
    pub fn opens_all(&self) -> bool {
        self.keys.is_none() && self.reach.contains(&Reach::Table)
    }

    /// Whether it lets items be changed.
    pub fn changes(&self) -> bool {
        let changing = ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"];
        self.actions.iter().any(|action| changing.contains(&action.as_str()))
    }

    fn allows(&self, need: &Need) -> bool {
        let is_like_any = |key: &String| {
            self.keys.as_ref().is_none_or(|all| all.iter().any(|pattern| is_like(key, pattern)))
        };
        self.actions.contains(&need.action)
            && self.reach.contains(&need.reach)
            && need.keys.iter().all(is_like_any)
    }
}

fn partition(item: &Json) -> Option<String> {
    item["pk"]["S"].as_str().map(str::to_owned)
}

/// What a call of `operation` needs, each part of a transaction for itself.
fn needs(operation: &str, body: &Json) -> Vec<Need> {
    let of = |action: &str, keys: Vec<String>| Need {
        action: action.to_owned(),
        reach: Reach::Table,
        keys,
    };
    let one = |action: &str, item: &Json| of(action, partition(item).into_iter().collect());
    let requested = || body["RequestItems"].as_object().into_iter().flat_map(|all| all.values());
    match operation {
        "GetItem" | "UpdateItem" | "DeleteItem" => vec![one(operation, &body["Key"])],
        "PutItem" => vec![one(operation, &body["Item"])],
        "Query" => {
            let index = body["IndexName"].as_str().map(|name| Reach::Index(name.to_owned()));
            let key = body["ExpressionAttributeValues"][":p"]["S"].as_str().map(str::to_owned);
            let reach = index.unwrap_or(Reach::Table);
            vec![Need { action: operation.to_owned(), reach, keys: key.into_iter().collect() }]
        }
        "BatchGetItem" => {
            let keys = requested().flat_map(|table| table["Keys"].as_array().into_iter().flatten());
            vec![of(operation, keys.filter_map(partition).collect())]
        }
        "BatchWriteItem" => {
            let writes = requested().flat_map(|table| table.as_array().into_iter().flatten());
            let keys = writes.filter_map(|write| {
                partition(&write["PutRequest"]["Item"])
                    .or_else(|| partition(&write["DeleteRequest"]["Key"]))
            });
            vec![of(operation, keys.collect())]
        }
        "TransactWriteItems" => {
            let writes = body["TransactItems"].as_array().into_iter().flatten();
            let parts = writes.flat_map(|write| write.as_object().into_iter().flatten());
            let part = |(name, write): (&String, &Json)| match name.as_str() {
                "Put" => one("PutItem", &write["Item"]),
                "ConditionCheck" => one("ConditionCheckItem", &write["Key"]),
                other => one(&format!("{other}Item"), &write["Key"]),
            };
            parts.map(part).collect()
        }
        _ => vec![of(operation, Vec::new())],
    }
}

/// Why `function`, which has these `grants`, may not make a call of the table.
pub(crate) fn check(
    function: &str,
    grants: &[Grant],
    target: &str,
    body: &[u8],
) -> Result<(), String> {
    let operation = target.rsplit('.').next().unwrap_or_default();
    let body: Json = serde_json::from_slice(body).unwrap_or_default();
    for need in needs(operation, &body) {
        if !grants.iter().any(|grant| grant.allows(&need)) {
            let Need { action, reach, keys } = need;
            return Err(format!(
                "template.yaml does not allow {function} {action} on {reach:?} with {keys:?}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::template::{TEXT, Template};

    fn granted(statement: &str) -> Vec<Grant> {
        let properties: Value =
            serde_yaml_ng::from_str(&format!("Policies: [{{Statement: [{statement}]}}]")).unwrap();
        grants(&properties, &Value::Null)
    }

    fn may(grants: &[Grant], operation: &str, body: Json) -> bool {
        let body = serde_json::to_vec(&body).unwrap();
        check("it", grants, &format!("DynamoDB_20120810.{operation}"), &body).is_ok()
    }

    #[test]
    fn an_action_an_index_and_a_key_are_each_needed() {
        let table = granted(
            "{Action: [dynamodb:GetItem, dynamodb:Query, dynamodb:PutItem], Resource: !GetAtt Table.Arn}",
        );
        let key = json!({"pk": {"S": "BOT#1"}, "sk": {"S": "COUNT"}});
        assert!(may(&table, "GetItem", json!({"Key": key})));
        assert!(!may(&table, "DeleteItem", json!({"Key": key})));
        let values = json!({":p": {"S": "BOT#1"}});
        assert!(may(&table, "Query", json!({"ExpressionAttributeValues": values})));
        let listed = json!({"IndexName": "list", "ExpressionAttributeValues": values});
        assert!(!may(&table, "Query", listed.clone()));
        let index = granted("{Action: dynamodb:Query, Resource: !Sub \"${Table.Arn}/index/list\"}");
        assert!(may(&index, "Query", listed));

        let some = granted(
            "{Action: [dynamodb:PutItem, dynamodb:BatchWriteItem], Resource: !GetAtt Table.Arn, \
             Condition: {\"ForAllValues:StringLike\": {dynamodb:LeadingKeys: [\"BOT#*\"]}}}",
        );
        assert!(may(&some, "PutItem", json!({"Item": key})));
        let user = json!({"pk": {"S": "USER#BOT#1"}});
        assert!(!may(&some, "PutItem", json!({"Item": user})));
        let writes = |all: &[&Json]| {
            let all: Vec<Json> =
                all.iter().map(|key| json!({"DeleteRequest": {"Key": key}})).collect();
            json!({"RequestItems": {"colloquy": all}})
        };
        assert!(may(&some, "BatchWriteItem", writes(&[&key])));
        assert!(!may(&some, "BatchWriteItem", writes(&[&key, &user])));
        let transaction =
            json!({"TransactItems": [{"Put": {"Item": key}}, {"ConditionCheck": {"Key": key}}]});
        assert!(!may(&some, "TransactWriteItems", transaction.clone()));
        let both =
            [some, granted("{Action: dynamodb:ConditionCheckItem, Resource: !GetAtt Table.Arn}")];
        assert!(may(&both.concat(), "TransactWriteItems", transaction));
    }

    /// The purge worker comes upon a chatbot's keys only where the request that deleted it died before it had
    /// revoked them, which no test of a route brings about.
    #[test]
    fn whoever_revokes_keys_may_forget_their_minutes_and_count_them() {
        let template = Template::parse(TEXT).unwrap();
        let mut revoking = Vec::new();
        for function in &template.functions {
            let key = |pk: &str| json!({"Key": {"pk": {"S": pk}, "sk": {"S": "A"}}});
            let may = |operation: &str, pk: &str| may(&function.grants, operation, key(pk));
            if may("DeleteItem", "KEY#1") && may("DeleteItem", "WS#1") {
                revoking.push(function.binary.as_str());
                for pk in ["USE#1", "WS#1"] {
                    assert!(may("UpdateItem", pk), "{} {pk}", function.binary);
                }
            }
        }
        assert!(revoking.contains(&"access") && revoking.contains(&"purge-worker"), "{revoking:?}");
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (text, pattern) in [("a", "a"), ("BOT#1", "BOT#*"), ("BOT#", "BOT#*"), ("abc", "a*c")] {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("a", "b"), ("BOTS#1", "BOT#*"), ("abd", "a*c"), ("", "a*")] {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
    }
}
