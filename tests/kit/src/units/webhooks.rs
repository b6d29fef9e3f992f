use crate::{Receiver, Tenant};
use serde_json::json;

use super::{Metered, id};

pub async fn botplot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let receiver = Receiver::start().await;
    let secret = &tenant.secret;
    let path = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let new = json!({"url": receiver.url, "events": ["conversation.ended"]});
    let made = metered
        .send(
            "botplot POST /api/v1/projects/{projectId}/webhooks",
            app.post(&path).bearer(secret).json(&new),
        )
        .await;
    metered
        .send("botplot GET /api/v1/projects/{projectId}/webhooks", app.get(&path).bearer(secret))
        .await;
    let one = format!("{path}/{}", id(&made["webhook"]["id"]));
    let test = app.post(&format!("{one}/test")).bearer(secret);
    metered.send("botplot POST /api/v1/projects/{projectId}/webhooks/{webhookId}/test", test).await;
    let gone = app.delete(&one).bearer(secret);
    metered.send("botplot DELETE /api/v1/projects/{projectId}/webhooks/{webhookId}", gone).await;
}
