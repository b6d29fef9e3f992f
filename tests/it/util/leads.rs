//! What tests of leads share.

use serde_json::{Value, json};
use testkit::App;

pub const PATH: &str = "/api/v1/leads";

/// Leaves a lead; as it was answered.
pub async fn leave(app: &App, key: &str, body: Value) -> Value {
    let reply = app.post(PATH).bearer(key).json(&body).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["lead"].clone()
}

/// Leaves a lead of that name.
pub async fn leave_named(app: &App, key: &str, name: &str) -> Value {
    leave(app, key, json!({"name": name, "phone": "+43 1 2345"})).await
}
