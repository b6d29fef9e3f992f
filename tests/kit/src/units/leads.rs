use crate::Tenant;
use serde_json::json;

use super::{Metered, id};

pub async fn botplot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let (secret, path) = (&tenant.secret, "/api/v1/leads");
    let lead = json!({"name": "Ada", "email": "ada@example.com"});
    let left = app.post(path).bearer(&tenant.public).json(&lead).send().await;
    assert_eq!(left.status, 201, "{}", left.text);
    app.drain().await;
    let twenty = app.get(&format!("{path}?limit=20")).bearer(secret);
    metered.send("botplot GET /api/v1/leads", twenty).await;
    let one = format!("{path}/{}", id(&left.json()["lead"]["id"]));
    metered.send("botplot DELETE /api/v1/leads/{id}", app.delete(&one).bearer(secret)).await;
}
