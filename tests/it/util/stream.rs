//! Records of the table's stream, as Lambda hands them over.

use serde_json::{Value, json};
use testkit::Tenant;

/// Records of conversations that `tenant`'s chatbot began at `at`, with these sequence numbers.
pub fn begun(tenant: &Tenant, at: i64, numbered: &[(u32, &str)]) -> Value {
    let records: Vec<Value> = numbered
        .iter()
        .map(|(sequence, conversation)| {
            let keys = json!({
                "pk": {"S": format!("BOT#{}", tenant.chatbot)},
                "sk": {"S": format!("CONV#{conversation}")},
            });
            let mut image = keys.clone();
            for (name, value) in [
                ("id", *conversation),
                ("chatbot_id", &tenant.chatbot),
                ("workspace_id", &tenant.workspace),
                ("dialect", "botplot"),
                ("visitor_id", "v"),
                ("status", "active"),
                ("handoff", "none"),
                ("first_message", "Hello"),
            ] {
                image[name] = json!({ "S": value });
            }
            for (name, value) in [("message_count", 2), ("created_at", at), ("updated_at", at)] {
                image[name] = json!({ "N": value.to_string() });
            }
            json!({"eventName": "INSERT", "dynamodb": {
                "Keys": keys, "NewImage": image, "SequenceNumber": format!("{sequence:021}"),
            }})
        })
        .collect();
    json!({"Records": records, "shardId": "shard-of-its-own", "state": {}})
}
