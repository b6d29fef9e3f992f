//! What a deployment is to strangers: closed unless it says otherwise, and no means to write to
//! anybody.

use aws_sdk_dynamodb::types::AttributeValue;
use clap::Parser;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::table::table;

async fn sign_up(app: &App, email: &str, invitation: Option<&str>) -> Reply {
    let mut body = json!({"email": email, "password": "correct horse", "organization": "Eve's"});
    if let Some(code) = invitation {
        body["invitation"] = json!(code);
    }
    app.post("/api/v1/auth/signup").json(&body).send().await
}

/// Invites `email` as an operator does; the code.
async fn invite(app: &App, words: &[&str]) -> String {
    let env = app.platform.lambda_env();
    let before = ["admin", "--env-file", env.to_str().expect("a path"), "invite"];
    let words = before.iter().chain(words);
    let options = admin::Options::try_parse_from(words).expect("words that admin knows");
    let said = admin::run(options).await.expect("a code");
    said.lines().next().expect("a line").to_owned()
}

fn error(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["error"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_invitation_nobody_signs_up() {
    let app = App::with(|options| options.signup_mode = "invite".to_owned()).await;
    let needs = (403, json!("Signing up needs an invitation that is valid"));
    assert_eq!(error(&sign_up(&app, "eve@example.com", None).await), needs);
    assert_eq!(error(&sign_up(&app, "eve@example.com", Some("guessed")).await), needs);
    let code = invite(&app, &["ada@example.com", "--plan", "pro"]).await;
    assert_eq!(error(&sign_up(&app, "eve@example.com", Some(&code)).await), needs, "not hers");
    let ada = sign_up(&app, "ada@example.com", Some(&code)).await;
    assert_eq!((ada.status, &ada.json()["workspace"]["plan"]), (201, &json!("pro")));
    assert_eq!(error(&sign_up(&app, "ada@example.com", Some(&code)).await), needs, "once");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_may_be_closed_to_all() {
    let app = App::with(|options| options.signup_mode = "closed".to_owned()).await;
    let code = invite(&app, &["ada@example.com"]).await;
    let closed = (403, json!("Signing up is closed"));
    assert_eq!(error(&sign_up(&app, "ada@example.com", Some(&code)).await), closed);
    app.finish().await;
}

/// Sets an attribute of the tenant's workspace in the table itself.
async fn set(app: &App, tenant: &Tenant, name: &str, value: AttributeValue) {
    let text = |text: String| AttributeValue::S(text);
    let write = table(app).update_item().table_name("colloquy");
    let write = write.key("pk", text(format!("WS#{}", tenant.workspace)));
    let write = write.key("sk", text("META".to_owned())).update_expression("SET #name = :value");
    let write = write.expression_attribute_names("#name", name);
    write.expression_attribute_values(":value", value).send().await.expect("the workspace");
}

/// Has a visitor ask for a person, of whom the owner is told by mail.
async fn hand_off(app: &App, tenant: &Tenant) {
    let asked = json!({"question": "A phisher's text"});
    let answer = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&asked).send().await.ok();
    let body = json!({"conversationId": answer["conversationId"]});
    app.post("/api/v1/handoff").bearer(&tenant.helpbot).json(&body).send().await.ok();
    app.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_confirmed_is_not_written_to() {
    let app = App::start().await;
    let tenant = app.tenant("victim").await;
    let store = &app.platform.app.store;
    let workspace = tenant.workspace.parse().unwrap();
    set(&app, &tenant, "owner_confirmed", AttributeValue::Bool(false)).await;
    hand_off(&app, &tenant).await;
    assert!(app.mails().is_empty(), "a stranger wrote to an address by way of the platform");
    store.confirm_owner(workspace, "victim@example.com").await.unwrap();
    hand_off(&app, &tenant).await;
    assert_eq!(app.mails().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_signs_nobody_in() {
    let app = App::start().await;
    app.tenant("ada").await;
    let body = json!({"email": "ada@example.com", "password": "correct horse"});
    let login = || app.post("/api/v1/auth/login").json(&body);
    let foreign = login().header("origin", "https://evil.example").send().await;
    assert_eq!(foreign.status, 403, "{}", foreign.text);
    assert!(foreign.session().is_none());
    let home = app.platform.base_url.clone();
    login().header("origin", &home).send().await.ok();
    login().send().await.ok();
    app.finish().await;
}

/// A plan without a bound has one all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_has_at_most_five_hundred_chatbots() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let create = async || {
        let body = json!({"name": "One of many"});
        app.post("/v1/bots").bearer(&tenant.chatbotplatform).json(&body).send().await
    };
    // The chatbots themselves are not needed, only that they are counted.
    set(&app, &tenant, "chatbots", AttributeValue::N("499".to_owned())).await;
    assert_eq!(create().await.status, 201);
    assert_eq!(create().await.status, 403);
    app.finish().await;
}
