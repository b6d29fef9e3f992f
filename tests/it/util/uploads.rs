//! What tests of uploaded files share.

use serde_json::Value;
use testkit::{App, FormPart, Reply, Tenant};

use crate::util::{botplot::text, knowledge::settled};

/// Where files are uploaded.
pub const PATH: &str = "/api/v1/sources/file";

/// Uploads a file; the answer.
pub async fn upload(app: &App, tenant: &Tenant, name: &str, bytes: &[u8]) -> Reply {
    let form = [FormPart::file(name, bytes)];
    app.post(PATH).bearer(&tenant.helpbot).form(&form).send().await
}

/// Uploads a file and waits until it is read; its source's id.
pub async fn uploaded(app: &App, tenant: &Tenant, name: &str, bytes: &[u8]) -> String {
    let id = text(&upload(app, tenant, name, bytes).await.ok()["source"]["id"]).to_owned();
    let source = settled(app, tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready", "{source}");
    id
}

/// The site's sources, as helpbot lists them.
pub async fn listed(app: &App, tenant: &Tenant) -> Vec<Value> {
    let list = app.get("/api/v1/sources").bearer(&tenant.helpbot).send().await.ok();
    list["sources"].as_array().unwrap().clone()
}
