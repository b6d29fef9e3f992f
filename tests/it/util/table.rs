//! The table itself, for what no client sees.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Config, Credentials, Region},
};
use tests::App;

/// A client of the platform's table.
pub fn table(app: &App) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(app.platform.dynamodb_endpoint())
        .http_client(runtime::plain_http())
        .build();
    Client::from_conf(config)
}
