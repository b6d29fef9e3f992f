//! conferbot DELETE /api/v1/external/v1/webhooks/{id}

use serde_json::json;
use testkit::{App, Receiver};

use crate::util::{
    botplot::UNKNOWN_SEGMENTS,
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM},
    webhooks::{create as create_in_botplot, hooks, stored_deliveries},
};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_gone_with_its_delivery_logs_and_gets_nothing_more() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (id, _) = CONFERBOT.create(&app, &ada, &receiver.url, &["response.created"]).await;
    app.ask(&ada.public, "Hello?").await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 1);
    let deleted = CONFERBOT.delete(&app, &ada, &id).await;
    deleted.is(200, &json!({"message": "Webhook deleted"}));
    let again = CONFERBOT.delete(&app, &ada, &id).await;
    again.is(404, &json!({"error": "Not Found", "message": "Webhook not found"}));
    app.ask(&ada.public, "Hello?").await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 1);
    let records = stored_deliveries(&app, &id).await;
    assert_eq!(records, []);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_and_no_other_dialects_is_found() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let url = "http://127.0.0.1:9/hook";
    let (own, _) = CONFERBOT.create(&app, &ada, url, &["response.created"]).await;
    let (foreign, _) = CONFERBOT.create(&app, &eve, url, &["response.created"]).await;
    let (botplot, _) = create_in_botplot(&app, &ada, url, &["message.created"]).await;
    let (platform, _) = PLATFORM.create(&app, &ada, url, &[PLATFORM.event]).await;
    let (helpbot, _) = HELPBOT.create(&app, &ada, url, &[HELPBOT.event]).await;
    for id in UNKNOWN_SEGMENTS.into_iter().chain([&*foreign, &botplot, &platform, &helpbot]) {
        let expected = json!({"error": "Not Found", "message": "Webhook not found"});
        CONFERBOT.delete(&app, &ada, id).await.is(404, &expected);
    }
    // Nor is it found by those.
    let path = format!("{}/{own}", hooks(&ada));
    assert_eq!(app.delete(&path).bearer(&ada.secret).send().await.status, 404);
    assert_eq!(PLATFORM.delete(&app, &ada, &own).await.status, 404);
    assert_eq!(HELPBOT.delete(&app, &ada, &own).await.status, 404);
    assert_eq!(
        (CONFERBOT.list(&app, &ada).await.len(), CONFERBOT.list(&app, &eve).await.len()),
        (1, 1)
    );
    app.finish().await;
}
