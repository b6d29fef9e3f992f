//! Channels of a tenant's chatbot, and a platform on loopback that they lead to.

use fakes::platforms::FakeTelegram;
use local::Options;
use serde_json::{Value, json};
use testkit::{App, Tenant};

/// Where one channel is.
pub const CHANNELS: &str = "/v1/channels";
/// No channel's id.
pub const NO_CHANNEL: &str = "0197a000-0000-7000-8000-000000000009";

/// Where the channels of a tenant's chatbot are.
pub fn of(tenant: &Tenant) -> String {
    format!("/v1/bots/{}/channels", tenant.chatbot)
}

/// Where one is.
pub fn one(made: &Value) -> String {
    format!("{CHANNELS}/{}", made["id"].as_str().expect("an id"))
}

/// Makes one; it as it is shown.
pub async fn open(app: &App, tenant: &Tenant, body: Value) -> Value {
    let made = app.post(&of(tenant)).bearer(&tenant.chatbotplatform).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["data"].clone()
}

/// One as it is shown now.
pub async fn shown(app: &App, tenant: &Tenant, made: &Value) -> Value {
    app.get(&one(made)).bearer(&tenant.chatbotplatform).send().await.ok()["data"].clone()
}

/// The widget's.
pub fn web(name: &str) -> Value {
    json!({"name": name, "type": "web"})
}

/// One of the bot whose token this is.
pub fn telegram(token: &str) -> Value {
    json!({"name": "Support", "type": "telegram", "credentials": {"bot_token": token}})
}

/// A platform whose Telegram is the fake one.
pub async fn with_telegram(change: impl FnOnce(&mut Options)) -> (App, FakeTelegram) {
    let fake = FakeTelegram::start().await.expect("a port");
    let url = fake.url().to_string();
    let app = App::with(|options| {
        options.platforms.push(("telegram".to_owned(), url));
        change(options);
    })
    .await;
    (app, fake)
}

/// The texts that a bot sent to a chat, in order.
pub fn texts(fake: &FakeTelegram, chat: i64) -> Vec<String> {
    fake.sent().into_iter().filter(|sent| sent.chat_id == chat).map(|sent| sent.plain).collect()
}

/// A tenant whose chatbot repeats what it is asked, with a connected channel of Telegram.
pub async fn echoing(app: &App, name: &str, token: &str) -> (Tenant, Value) {
    let tenant = app.tenant(name).await;
    super::integrations::integrate(app, &tenant, super::integrations::echo("Echo")).await;
    let channel = open(app, &tenant, telegram(token)).await;
    assert_eq!(channel["status"], "connected", "{channel}");
    (tenant, channel)
}

/// A platform with its messaging platforms at these addresses, and a tenant whose chatbot repeats what it is
/// asked.
pub async fn with_platform(
    name: &str,
    url: String,
    change: impl FnOnce(&mut Options),
) -> (App, Tenant) {
    let app = App::with(|options| {
        options.platforms.push((name.to_owned(), url));
        change(options);
    })
    .await;
    let tenant = app.tenant("ada").await;
    super::integrations::integrate(&app, &tenant, super::integrations::echo("Echo")).await;
    (app, tenant)
}

/// The conversations of a tenant's chatbot, and how many they are.
pub async fn conversations(app: &App, tenant: &Tenant) -> (Vec<Value>, u64) {
    let path = format!("/v1/bots/{}/conversations", tenant.chatbot);
    super::chatbotplatform::list(app, &tenant.chatbotplatform, &path).await
}
