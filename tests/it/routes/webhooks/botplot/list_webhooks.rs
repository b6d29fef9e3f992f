//! botplot GET /api/v1/projects/{projectId}/webhooks

use serde_json::json;
use testkit::{App, Receiver};

use crate::util::{
    botplot::{all_unknown, is_time, keys},
    webhooks::{create, foreign_projects, hooks},
};

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_listed_newest_first_with_exactly_the_documented_fields() {
    let app = App::start().await;
    let (tenant, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let empty = json!({"webhooks": []});
    app.get(&hooks(&tenant)).bearer(&tenant.secret).send().await.is(200, &empty);
    let receiver = Receiver::start().await;
    create(&app, &bob, &receiver.url, &["message.created"]).await;
    let body = json!({
        "url": receiver.url, "events": ["message.created", "lead.captured"],
        "description": "My integration",
    });
    let oldest = app.post(&hooks(&tenant)).bearer(&tenant.secret).json(&body).send().await.ok();
    let (middle, _) = create(&app, &tenant, &receiver.url, &["conversation.ended"]).await;
    let (newest, _) = create(&app, &tenant, &receiver.url, &["conversation.started"]).await;
    for key in [&tenant.secret, &tenant.openbat] {
        let list = app.get(&hooks(&tenant)).bearer(key).send().await.ok();
        assert_eq!(keys(&list), ["webhooks"]);
        let rows = list["webhooks"].as_array().unwrap();
        for row in rows {
            let named = ["created_at", "description", "events", "id", "is_active", "url"];
            assert_eq!(keys(row), named);
            assert!(is_time(&row["created_at"]), "{row}");
        }
        let ids: Vec<_> = rows.iter().map(|row| row["id"].clone()).collect();
        assert_eq!(ids, [json!(newest), json!(middle), oldest["webhook"]["id"].clone()]);
        let expected = json!({
            "id": oldest["webhook"]["id"], "url": receiver.url, "description": "My integration",
            "events": ["message.created", "lead.captured"], "is_active": true,
            "created_at": rows[2]["created_at"],
        });
        assert_eq!(rows[2], expected);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_not_the_keys_own_is_unknown() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        let path = format!("/api/v1/projects/{project}/webhooks");
        replies.push(app.get(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}
