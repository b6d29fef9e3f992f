//! ours GET /v1/channels/{id}/inbound

use serde_json::json;
use testkit::App;

use crate::util::channels::open;

#[tokio::test(flavor = "multi_thread")]
async fn the_verify_token_earns_the_bare_challenge() {
    let app = App::with(|options| {
        options.platforms.push(("graph".to_owned(), "http://127.0.0.1:9".to_owned()));
    })
    .await;
    let ada = app.tenant("ada").await;
    let credentials = json!({"page_access_token": "EAA-1", "app_secret": "s"});
    let page = json!({"name": "Page", "type": "messenger", "credentials": credentials});
    let page = open(&app, &ada, page).await;
    let path = format!("/v1/channels/{}/inbound", page["id"].as_str().unwrap());
    let ask = async |token: &str| {
        let query = format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        app.get(&format!("{path}?{query}")).send().await
    };
    let right = ask(page["verify_token"].as_str().unwrap()).await;
    assert_eq!((right.status, right.text.as_str()), (200, "1158201444"));
    assert!(right.header("content-type").starts_with("text/plain"));
    assert_eq!(ask("wrong").await.status, 403);
    assert_eq!(ask("").await.status, 403);
    assert_eq!(app.get(&path).send().await.status, 403);
    app.finish().await;
}
