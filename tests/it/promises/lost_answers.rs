//! Conditional writes whose answer gets lost: the SDK sends them again, and they find what they wrote
//! themselves. Each counts once, and none is refused for its own success.

use std::{ops::AsyncFnOnce, time::Duration};

use domain::{CallLimits, KeyId, Timestamp, WorkspaceId};
use serde_json::json;
use store::{ClaimOutcome, QuotaOutcome, Store};
use testkit::{App, Gate, Kill};

use crate::util::{
    table::table_at,
    webhooks::{create, hooks},
};

/// Does `work` over a table that loses the answer to the first `operation`.
async fn losing<T>(app: &App, operation: &str, work: impl AsyncFnOnce(Store) -> T) -> T {
    let gate = Gate::start(app.platform.dynamodb_endpoint(), operation, 0, Kill::Answer).await;
    let done = work(Store::new(table_at(&gate.endpoint), "colloquy")).await;
    assert!(gate.has_tripped(), "no {operation} was sent");
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_new_and_one_that_another_made_is_not() {
    let app = App::start().await;
    let now = Timestamp::now();
    let claim = async |store: Store| store.claim("caller", "once", "request", now).await;
    let first = losing(&app, "PutItem", claim).await.unwrap();
    assert!(matches!(first, ClaimOutcome::New(_)), "{first:?}");
    let second = losing(&app, "PutItem", claim).await.unwrap();
    assert!(matches!(second, ClaimOutcome::Running), "{second:?}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_counts_once() {
    let app = App::start().await;
    let (workspace, key, now) = (WorkspaceId::new(), KeyId::new(), Timestamp::now());
    let limits = |minute| CallLimits { month: Some(5), minute };
    for (minute, before) in [(None, 0), (Some(9), 1), (Some(9), 2)] {
        let call = async |store: Store| {
            store.consume_call(workspace, key, "calls", limits(minute), now).await
        };
        let (outcome, used) = losing(&app, "UpdateItem", call).await.unwrap();
        assert_eq!((outcome, used), (QuotaOutcome::Allowed, before + 1));
    }
    let last = async |store: Store| store.take(workspace, "calls", Some(4), now).await;
    assert!(losing(&app, "UpdateItem", last).await.unwrap(), "the fourth of four");
    assert!(!losing(&app, "UpdateItem", last).await.unwrap(), "there is no fifth");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_rotated_and_a_deletion_has_deleted() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (id, _) = create(&app, &ada, "https://example.com/hook", &["message.created"]).await;
    let scope = domain::Scope::Chatbot(ada.chatbot.parse().unwrap());
    let found = app.platform.app.store.webhook(scope, id.parse().unwrap(), true).await;
    let sealed = found.unwrap().expect("the webhook").sealed_secret;
    let until = Timestamp::now().plus(Duration::from_secs(60));
    let retired = domain::RetiredSecret { sealed, until };
    let rotate = async |store: Store| {
        store.rotate_webhook_secret(scope, id.parse().unwrap(), "sealed", &retired).await
    };
    assert!(losing(&app, "UpdateItem", rotate).await.unwrap());
    assert!(!losing(&app, "UpdateItem", rotate).await.unwrap(), "another one was faster");

    let path = "/api/v1/leads";
    let lead = json!({"email": "visitor@example.com"});
    assert_eq!(app.post(path).bearer(&ada.public).json(&lead).send().await.status, 201);
    let listed = app.get(path).bearer(&ada.secret).send().await.ok();
    let lead = listed["leads"][0]["id"].as_str().unwrap().to_owned();
    let chatbot = ada.chatbot.parse().unwrap();
    let delete = async |store: Store| store.delete_lead(chatbot, lead.parse().unwrap()).await;
    assert!(losing(&app, "DeleteItem", delete).await.unwrap());
    let again = Store::new(table_at(app.platform.dynamodb_endpoint()), "colloquy");
    assert!(!delete(again).await.unwrap());
    app.get(&hooks(&ada)).bearer(&ada.secret).send().await.ok();
    app.finish().await;
}
