//! chatbotplatform DELETE /v1/conversations/{id}

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{access::nobody_elses, botplot::text, chatbotplatform::*};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_is_gone_with_its_messages_and_counts_no_more() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let stays = app.ask(&ada.public, "This one stays").await["conversationId"].clone();
    let goes = app.ask(&ada.public, "This one goes").await["conversationId"].clone();
    app.drain().await;
    let path = format!("{CONVERSATIONS}/{}", text(&goes));
    let deleted = app.delete(&path).bearer(key).send().await;
    deleted.is(200, &json!({"data": {"id": goes, "deleted": true}}));
    let messages = format!("{path}/messages");
    for cleared_away in [false, true] {
        for path in [&path, &messages] {
            platform_refused(
                &app.get(path).bearer(key).send().await,
                404,
                &["Conversation not found"],
            );
        }
        platform_refused(
            &app.delete(&path).bearer(key).send().await,
            404,
            &["Conversation not found"],
        );
        let botplot = format!("/api/v1/conversations/{}", text(&goes));
        assert_eq!(app.get(&botplot).bearer(&ada.secret).send().await.status, 404);
        if !cleared_away {
            app.drain().await;
        }
    }
    let turns = app.platform.app.store.turns(text(&goes).parse().unwrap()).await.unwrap();
    assert!(turns.is_empty(), "its messages are gone too");
    let bot = format!("{BOTS}/{}/conversations", ada.chatbot);
    for query in ["", "?status=active"] {
        let left = ids(&app, key, &format!("{bot}{query}")).await;
        assert_eq!(left, (vec![text(&stays).to_owned()], 1));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_deletes_at_once_one_succeeds_and_it_counts_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    app.ask(&ada.public, "This one stays").await;
    let id = app.ask(&ada.public, "This one goes").await["conversationId"].clone();
    let path = format!("{CONVERSATIONS}/{}", text(&id));
    let delete = async |_| app.delete(&path).bearer(&ada.chatbotplatform).send().await.status;
    let mut statuses = join_all((0..6).map(delete)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404, 404, 404]);
    app.drain().await;
    let bot = format!("{BOTS}/{}/conversations", ada.chatbot);
    assert_eq!(ids(&app, &ada.chatbotplatform, &bot).await.1, 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_deleted() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let foreign = app.ask(&eve.public, "Hello?").await["conversationId"].clone();
    let send = async |id: String| {
        app.delete(&format!("{CONVERSATIONS}/{id}")).bearer(&ada.chatbotplatform).send().await
    };
    nobody_elses(text(&foreign), send, platform_refused).await;
    let path = format!("{CONVERSATIONS}/{}", text(&foreign));
    app.get(&path).bearer(&eve.chatbotplatform).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_deletes_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = app.ask(&ada.public, "Hello?").await["conversationId"].clone();
    let path = format!("{CONVERSATIONS}/{}", text(&id));
    only_its_key(&app, &ada, Method::DELETE, &path, &Value::Null).await;
    app.get(&path).bearer(&ada.chatbotplatform).send().await.ok();
    app.finish().await;
}
