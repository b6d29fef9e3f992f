//! The table itself, for what no client sees.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Config, Credentials, Region},
};
use local::Code;
use serde_json::json;
use testkit::App;

/// A client of the platform's table.
pub fn table(app: &App) -> Client {
    table_at(app.platform.dynamodb_endpoint())
}

/// A client of the table at `endpoint`.
pub fn table_at(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(endpoint)
        .http_client(runtime::plain_http())
        .build();
    Client::from_conf(config)
}

/// The partition of every item of the table.
pub async fn partitions(app: &App) -> Vec<String> {
    let mut pages = table(app).scan().table_name("colloquy").into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        for item in page.expect("a page").items.unwrap_or_default() {
            found.push(item["pk"].as_s().expect("a text").clone());
        }
    }
    found
}

/// Every item of the table, as text.
pub async fn items(app: &App) -> Vec<String> {
    let mut items = Vec::new();
    let mut pages = table(app).scan().table_name("colloquy").into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page.expect("a page").items.unwrap_or_default() {
            items.push(format!("{item:?}"));
        }
    }
    items
}

/// Has the ticker do what is due.
pub async fn tick(app: &App) {
    let Some(Code::Worker(work)) = app.platform.function("ticker") else { panic!("the function") };
    work(json!({})).await.expect("a tick");
}
