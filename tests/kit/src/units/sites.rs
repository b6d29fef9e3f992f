use crate::{Site, Tenant};
use serde_json::json;

use super::{Metered, id};

/// Leaves what there was: its source is deleted again.
pub async fn helpbot(metered: &mut Metered<'_>, tenant: &Tenant, site: &Site) {
    let app = metered.app;
    let key = &tenant.helpbot;
    let post = |path: &str, body| app.post(path).bearer(key).json(&body);
    let question = json!({"question": super::QUESTION});
    let asked = metered.beside(post("/api/v1/chat", question)).await;
    let conversation = asked["conversationId"].clone();
    let body = json!({"conversationId": conversation, "helpful": "yes"});
    metered.send("helpbot POST /api/v1/feedback", post("/api/v1/feedback", body)).await;
    let body = json!({"conversationId": conversation, "customerEmail": "eve@shop.example"});
    metered.send("helpbot POST /api/v1/handoff", post("/api/v1/handoff", body)).await;

    let path = "/api/v1/sources";
    let body = json!({"url": format!("{}/opening?again", site.url)});
    let added = metered.send("helpbot POST /api/v1/sources", post(path, body)).await;
    let source = id(&added["source"]["id"]);
    metered.send("helpbot GET /api/v1/sources", app.get(path).bearer(key)).await;
    let again = post("/api/v1/sources/rescrape", json!({"sourceId": source}));
    metered.send("helpbot POST /api/v1/sources/rescrape", again).await;
    let gone = app.delete(&format!("{path}?id={source}")).bearer(key);
    metered.send("helpbot DELETE /api/v1/sources", gone).await;
}
