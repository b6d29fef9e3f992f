use crate::Tenant;
use serde_json::json;

use super::Metered;

pub async fn botplot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let secret = &tenant.secret;
    let path = |rest: &str| format!("/api/v1/projects/{}/{rest}", tenant.chatbot);
    let branding = json!({"white_label": true, "custom_domain": "chat.example.com"});
    let branding = app.patch(&path("branding")).bearer(secret).json(&branding);
    metered.send("botplot PATCH /api/v1/projects/{projectId}/branding", branding).await;
    let claim = json!({"subdomain": format!("my-client-site-{}", metered.round)});
    let claim = app.patch(&path("subdomain")).bearer(secret).json(&claim);
    metered.send("botplot PATCH /api/v1/projects/{projectId}/subdomain", claim).await;
    let verify = app.post(&path("verify-domain")).bearer(secret);
    metered.send("botplot POST /api/v1/projects/{projectId}/verify-domain", verify).await;
}

pub async fn helpbot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let (site, path) = (&tenant.helpbot, "/api/v1/config");
    let change =
        app.patch(path).bearer(site).json(&json!({"greeting": format!("Ahoy {}!", metered.round)}));
    metered.send("helpbot PATCH /api/v1/config", change).await;
    metered.send("helpbot GET /api/v1/config", app.get(path).bearer(site)).await;
}
