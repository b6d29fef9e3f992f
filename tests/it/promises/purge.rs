//! Deleting removes all that belongs to it: nothing in the table names what is gone. The test looks
//! at every item of the table itself, which the product never does.

use serde_json::json;
use testkit::{App, Receiver, Site, eventually};

use crate::util::table::items;

/// Items that name `id`. The feed of an inbox has ids and no text, and its entries expire in a day; so has
/// the receipt of a deletion that is complete, which expires later.
async fn naming(app: &App, id: &str) -> Vec<String> {
    let is_kept = |item: &String| {
        (item.contains("INBOX#") || item.contains("PURGE#") && item.contains("completed_at"))
            && item.contains("expires_at")
    };
    items(app).await.into_iter().filter(|item| item.contains(id) && !is_kept(item)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_what_was_deleted() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let (secret, public) = (&tenant.secret, &tenant.public);
    let page = "<main><h1>Boats</h1><p>The harbour has eleven boats, all of them blue.</p></main>";
    let site = Site::start(&[("/boats", page)]).await;
    let receiver = Receiver::start().await;

    let hooks = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let hook = json!({"url": receiver.url, "events": ["message.created"]});
    app.post(&hooks).bearer(secret).json(&hook).send().await.ok();
    let url = json!({"url": format!("{}/boats", site.url)});
    let source = app.post("/api/v1/knowledge/url").bearer(secret).json(&url).send().await.ok();
    let source = source["sourceId"].as_str().unwrap().to_owned();
    eventually("the source is ready", async || {
        let found =
            app.get(&format!("/api/v1/knowledge/{source}")).bearer(secret).send().await.ok();
        (found["source"]["status"] == "ready").then_some(())
    })
    .await;
    let kept = app.ask(public, "How many boats are there?").await;
    let gone = app.ask(public, "Which colour have the boats?").await;
    app.drain().await;

    // A conversation with its turns; its deliveries are its webhook's history and stay with it.
    let id = gone["conversationId"].as_str().unwrap();
    app.delete(&format!("/api/v1/conversations/{id}")).bearer(secret).send().await.ok();
    app.drain().await;
    let left = naming(&app, id).await;
    assert!(left.iter().all(|item| item.contains("DLV#")), "{left:#?}");

    // A source with its pages, passages and index.
    app.delete(&format!("/api/v1/knowledge/{source}")).bearer(secret).send().await.ok();
    app.drain().await;
    assert_eq!(naming(&app, &source).await.len(), 1, "only the citation in the turn that is kept");
    assert!(items(&app).await.iter().all(|item| !item.contains("all of them blue")
        || item.contains("TURN#")
        || item.contains("DLV#")));

    // A chatbot with everything.
    let project = format!("/api/v1/projects/{}", tenant.chatbot);
    let logo = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
    let branding = json!({"white_label": true, "custom_logo": logo});
    app.patch(&format!("{project}/branding")).bearer(secret).json(&branding).send().await.ok();
    let claim = json!({"subdomain": "harbour"});
    app.patch(&format!("{project}/subdomain")).bearer(secret).json(&claim).send().await.ok();
    let widget = json!({"greeting": "Ahoy!"});
    app.patch("/api/v1/config").bearer(&tenant.helpbot).json(&widget).send().await.ok();
    let before = naming(&app, &tenant.chatbot).await.len();
    assert!(before > 5, "{before}");
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    app.delete(&path).bearer(&tenant.session).send().await.ok();
    app.drain().await;
    assert_eq!(naming(&app, &tenant.chatbot).await, Vec::<String>::new());
    assert_eq!(naming(&app, "harbour").await, Vec::<String>::new());
    let conversation = kept["conversationId"].as_str().unwrap();
    assert_eq!(naming(&app, conversation).await, Vec::<String>::new());
    app.finish().await;
}
