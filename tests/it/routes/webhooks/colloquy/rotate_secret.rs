//! ours POST /api/v1/webhooks/{id}/rotate-secret

use domain::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Received, Receiver, eventually};

use crate::util::{
    botplot::{is_time, text},
    same_for_all_dialects::delivery_api::{ALL, DeliveryApi, ask},
    webhooks::scope_of,
};

/// The signature of a delivery under `secret`, as its receiver computes it.
fn signature(dialect: &DeliveryApi, one: &Received, secret: &str) -> String {
    let hex = dialects::events::hmac_hex(secret, &one.body);
    match dialect.name {
        "conferbot" => hex,
        "chatbotplatform" => {
            let time: i64 = one.header("webhook-timestamp").parse().expect("seconds");
            let at = Timestamp::from_millis(time * 1_000);
            let secrets = [secret.to_owned()];
            let id = one.header("webhook-id");
            dialects::chatbotplatform::events::headers(id, at, &one.body, &secrets)[2].1.clone()
        }
        _ => format!("sha256={hex}"),
    }
}

async fn rotate(app: &App, dialect: &DeliveryApi, tenant: &testkit::Tenant, id: &str) -> String {
    let reply = dialect.post(app, tenant, id, "/rotate-secret", &json!({})).await.ok();
    let inner = if reply["webhook"].is_object() { &reply["webhook"] } else { &reply["data"] };
    let until = &inner[&dialect.wire_name("previous_secret_expires_at")];
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let left = Timestamp::parse(text(until)).expect("a time").since(Timestamp::now());
    assert!(is_time(until) && left <= day && left > day - std::time::Duration::from_secs(60));
    let mut webhook = json!({"secret": inner["secret"]});
    webhook[dialect.id] = json!(id);
    webhook[&dialect.wire_name("previous_secret_expires_at")] = until.clone();
    let saved = "Save the secret — it won't be shown again.";
    let expected = match dialect.name {
        "conferbot" => json!({"data": webhook, "message": saved}),
        "chatbotplatform" => json!({"data": webhook}),
        _ => json!({"webhook": webhook}),
    };
    assert_eq!(reply, expected);
    text(&inner["secret"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_sign_for_a_day() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, first) = dialect.create(&app, &tenant, &receiver.url).await;
        let second = rotate(&app, dialect, &tenant, &id).await;
        let form = |secret: &str| (secret.len(), secret.starts_with("whsec_"));
        assert_eq!(form(&first), form(&second), "{}", dialect.name);
        assert_ne!(first, second);
        ask(&app, &tenant, 1).await;
        let one = receiver.received().remove(0);
        let (old, new) = (signature(dialect, &one, &first), signature(dialect, &one, &second));
        let next = one.header(&format!("{}-next", dialect.signature));
        match dialect.name {
            "chatbotplatform" => {
                assert_eq!(one.header(dialect.signature), format!("{new} {old}"));
                assert_eq!(next, "");
            }
            // Receivers go on with the header that they know.
            _ => assert_eq!((one.header(dialect.signature), next), (old.as_str(), new.as_str())),
        }

        // Rotated once more, the first one is none any more.
        let third = rotate(&app, dialect, &tenant, &id).await;
        ask(&app, &tenant, 1).await;
        let one = receiver.received().remove(1);
        let known = one.header(dialect.signature);
        assert!(!known.contains(&signature(dialect, &one, &first)), "{}", dialect.name);
        assert!(known.contains(&signature(dialect, &one, &second)));
        let next = format!("{known} {}", one.header(&format!("{}-next", dialect.signature)));
        assert!(next.contains(&signature(dialect, &one, &third)));
    }
    app.finish().await;
}

/// The day is over for a webhook whose secret was rotated a day ago.
#[tokio::test(flavor = "multi_thread")]
async fn after_that_the_new_one_signs_alone() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, first) = dialect.create(&app, &tenant, &receiver.url).await;
        let second = rotate(&app, dialect, &tenant, &id).await;
        let scope = scope_of(&app, &tenant, dialect.name, &id).await;
        let store = &app.platform.app.store;
        let webhook = store.webhook(scope, id.parse().unwrap(), true).await.unwrap().unwrap();
        // Nothing of either secret is in the table.
        let stored = format!("{webhook:?}");
        assert!(!stored.contains(&first) && !stored.contains(&second));
        let retired = domain::RetiredSecret {
            sealed: webhook.sealed_secret.clone(),
            until: Timestamp::now(),
        };
        let sealed = webhook.sealed_secret;
        let id_of = id.parse().unwrap();
        assert!(store.rotate_webhook_secret(scope, id_of, &sealed, &retired).await.unwrap());
        ask(&app, &tenant, 1).await;
        let one = receiver.received().remove(0);
        assert_eq!(one.header(dialect.signature), signature(dialect, &one, &second));
        assert_eq!(one.header(&format!("{}-next", dialect.signature)), "");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_is_sent_again_is_signed_with_what_is_valid_then() {
    let app = App::start().await;
    let dialect = &ALL[1];
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
    ask(&app, &tenant, 1).await;
    let second = rotate(&app, dialect, &tenant, &id).await;
    let rows = dialect.deliveries(&app, &tenant, &id).await;
    let path = format!("/deliveries/{}/replay", text(&rows[0]["id"]));
    dialect.post(&app, &tenant, &id, &path, &Value::Null).await.ok();
    eventually("it comes again", async || (receiver.received().len() == 2).then_some(())).await;
    let one = receiver.received().remove(1);
    assert!(one.header("webhook-signature").contains(&signature(dialect, &one, &second)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_leave_one_secret_and_the_one_before() {
    let app = App::start().await;
    let dialect = &ALL[0];
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (id, first) = dialect.create(&app, &tenant, &receiver.url).await;
    let body = json!({});
    let calls = (0..6).map(|_| dialect.post(&app, &tenant, &id, "/rotate-secret", &body));
    let replies = futures::future::join_all(calls).await;
    let made: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(!made.is_empty());
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(refused.status, 409, "{}", refused.text);
    }
    if let [only] = made[..] {
        ask(&app, &tenant, 1).await;
        let one = receiver.received().remove(0);
        assert_eq!(one.header(dialect.signature), signature(dialect, &one, &first));
        let secret = only.json()["webhook"]["secret"].clone();
        let next = one.header("x-botplot-signature-next");
        assert_eq!(next, signature(dialect, &one, text(&secret)));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_owns_a_webhook_rotates_its_secret() {
    let app = App::start().await;
    for dialect in &ALL {
        dialect.is_guarded(&app, Method::POST, "/rotate-secret", &json!({})).await;
    }
    app.finish().await;
}
