use crate::{Site, Tenant};
use serde_json::{Value, json};

use super::{Metered, id};

/// Leaves a page and a pair behind, from which the chatbot answers.
pub async fn botplot(metered: &mut Metered<'_>, tenant: &Tenant, site: &Site) {
    let app = metered.app;
    let (secret, path) = (&tenant.secret, "/api/v1/knowledge");
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    let add =
        |kind: &str, body: Value| app.post(&format!("{path}/{kind}")).bearer(secret).json(&body);
    metered.send("botplot POST /api/v1/knowledge/qa", add("qa", pair.clone())).await;
    let page = json!({"url": format!("{}/opening", site.url)});
    let added = metered.send("botplot POST /api/v1/knowledge/url", add("url", page)).await;
    let one = format!("{path}/{}", id(&added["sourceId"]));
    metered.send("botplot GET /api/v1/knowledge", app.get(path).bearer(secret)).await;
    metered.send("botplot GET /api/v1/knowledge/{sourceId}", app.get(&one).bearer(secret)).await;
    let again = app.post(&format!("{one}/recrawl")).bearer(secret);
    metered.send("botplot POST /api/v1/knowledge/{sourceId}/recrawl", again).await;
    let other = json!({"question": "Is there a shop?", "answer": "Yes."});
    let other = add("qa", other).send().await.ok();
    let other = app.delete(&format!("{path}/{}", id(&other["sourceId"]))).bearer(secret);
    metered.send("botplot DELETE /api/v1/knowledge/{sourceId}", other).await;
}

/// Deletes every source.
pub async fn clear(metered: &Metered<'_>, tenant: &Tenant) {
    let (app, secret, path) = (metered.app, &tenant.secret, "/api/v1/knowledge");
    let found = app.get(path).bearer(secret).send().await.ok();
    for source in found["sources"].as_array().into_iter().flatten() {
        let one = format!("{path}/{}", id(&source["id"]));
        app.delete(&one).bearer(secret).send().await.ok();
    }
}
