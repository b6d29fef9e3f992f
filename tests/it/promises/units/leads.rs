use serde_json::json;
use tests::Tenant;

use super::{Metered, id};

pub async fn botplot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let (secret, path) = (&tenant.secret, "/api/v1/leads");
    let lead = json!({"name": "Ada", "email": "ada@example.com"});
    let left = app.post(path).bearer(&tenant.public).json(&lead).send().await;
    assert_eq!(left.status, 201, "{}", left.text);
    app.drain().await;
    metered.send("botplot GET /api/v1/leads", app.get(path).bearer(secret)).await;
    let one = format!("{path}/{}", id(&left.json()["lead"]["id"]));
    metered.send("botplot DELETE /api/v1/leads/{id}", app.delete(&one).bearer(secret)).await;
}
