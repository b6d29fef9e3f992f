//! ours GET /v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    chatbotplatform::{ids, its_parameters_have_bounds, list, only_its_key},
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM},
    webhooks::create as create_in_botplot,
};

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_filters_show_the_workspaces_own_newest_first() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (key, url) = (&ada.chatbotplatform, "http://127.0.0.1:9/hook");
    assert_eq!(list(&app, key, PLATFORM.path).await, (Vec::new(), 0));
    let (first, _) = PLATFORM.create(&app, &ada, url, &["integration.failed"]).await;
    let other = "http://127.0.0.1:9/other";
    let (second, _) = PLATFORM.create(&app, &ada, other, &[PLATFORM.event]).await;
    PLATFORM.create(&app, &eve, url, &[PLATFORM.event]).await;
    create_in_botplot(&app, &ada, url, &["message.created"]).await;
    CONFERBOT.create(&app, &ada, url, &[CONFERBOT.event]).await;
    HELPBOT.create(&app, &ada, url, &[HELPBOT.event]).await;

    let (rows, total) = list(&app, key, PLATFORM.path).await;
    let row = |at: usize, id: &str, url: &str, event: &str| {
        json!({
            "id": id, "url": url, "events": [event], "description": "Ours", "status": "active",
            "created_at": rows[at]["created_at"],
        })
    };
    let expected =
        [row(0, &second, other, PLATFORM.event), row(1, &first, url, "integration.failed")];
    assert_eq!((&rows[..], total), (&expected[..], 2));
    for (query, found, total) in [
        ("per_page=1", vec![&second], 2),
        ("per_page=1&page=2", vec![&first], 2),
        ("page=3", vec![], 2),
        (&*format!("url={other}"), vec![&second], 1),
        (&*format!("id={first}"), vec![&first], 1),
        ("status=disabled", vec![], 0),
        ("status=active&description=Ours", vec![&second, &first], 2),
    ] {
        let (listed, count) = ids(&app, key, &format!("{}?{query}", PLATFORM.path)).await;
        assert_eq!((listed.iter().collect::<Vec<_>>(), count), (found, total), "{query}");
    }
    let wrong =
        [("status", &["closed", ""][..]), ("created_at", &["yesterday"]), ("events", &["x"])];
    its_parameters_have_bounds(&app, key, PLATFORM.path, &wrong).await;
    only_its_key(&app, &ada, Method::GET, PLATFORM.path, &json!({})).await;
    app.finish().await;
}
