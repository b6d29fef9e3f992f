//! openbat PATCH /api/v1/chatbots/{id}

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::{
    access::*,
    chatbots::{OPENBAT, names_have_bounds},
};

struct Bot<'a> {
    app: &'a App,
    session: &'a str,
    path: String,
}

impl Bot<'_> {
    async fn patch(&self, body: Value) -> Reply {
        self.app.patch(&self.path).bearer(self.session).json(&body).send().await
    }

    /// Patches the settings; what they are then, which is also what is read afterwards.
    async fn settings(&self, settings: Value) -> Value {
        let patched = self.patch(json!({ "settings": settings })).await.ok();
        self.app.get(&self.path).bearer(self.session).send().await.is(200, &patched);
        patched["settings"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_what_is_sent_and_nothing_else() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = Bot { app: &app, session: &ada.session, path: format!("{OPENBAT}/{}", ada.chatbot) };
    let mut expected = app.get(&bot.path).bearer(&ada.session).send().await.ok();
    expected["settings"] = json!({"onboarded": true});
    bot.patch(json!({"settings": {"onboarded": true}})).await.is(200, &expected);
    expected["name"] = json!("New Name");
    bot.patch(json!({"name": "New Name"})).await.is(200, &expected);
    // To the letter of the reference: both at once.
    expected["name"] = json!("Newer Name");
    expected["settings"] = json!({"onboarded": true, "userAnalysisEnabled": false});
    let both = json!({"name": "Newer Name", "settings": {"userAnalysisEnabled": false}});
    bot.patch(both).await.is(200, &expected);
    // Neither, and what is none of the client's business.
    bot.patch(json!({})).await.is(200, &expected);
    let others = json!({"id": UNKNOWN, "api_key_prefix": "x", "created_at": "x", "more": 1});
    bot.patch(others).await.is(200, &expected);
    app.get(&bot.path).bearer(&ada.session).send().await.is(200, &expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_merge_deeply_and_everything_but_an_object_replaces() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = Bot { app: &app, session: &ada.session, path: format!("{OPENBAT}/{}", ada.chatbot) };
    for (patch, expected) in [
        (
            json!({"theme": {"color": "red", "font": {"size": 12}}, "tags": ["a", "b"]}),
            json!({"theme": {"color": "red", "font": {"size": 12}}, "tags": ["a", "b"]}),
        ),
        // Three levels down.
        (
            json!({"theme": {"font": {"family": "Inter"}}}),
            json!({"theme": {"color": "red", "font": {"size": 12, "family": "Inter"}},
                   "tags": ["a", "b"]}),
        ),
        // Null is a value, and stays one.
        (
            json!({"theme": {"color": null}, "greeting": null}),
            json!({"theme": {"color": null, "font": {"size": 12, "family": "Inter"}},
                   "tags": ["a", "b"], "greeting": null}),
        ),
        // An array is replaced, not merged; so is an object by what is none, and the other way.
        (
            json!({"tags": [{"c": 1}], "theme": "dark", "greeting": {"de": "Hallo"}}),
            json!({"tags": [{"c": 1}], "theme": "dark", "greeting": {"de": "Hallo"}}),
        ),
        (
            json!({"tags": [], "theme": {"color": 7.5}, "greeting": {}}),
            json!({"tags": [], "theme": {"color": 7.5}, "greeting": {"de": "Hallo"}}),
        ),
        (json!({}), json!({"tags": [], "theme": {"color": 7.5}, "greeting": {"de": "Hallo"}})),
    ] {
        assert_eq!(bot.settings(patch.clone()).await, expected, "{patch}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_come_back_as_they_were_sent() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = Bot { app: &app, session: &ada.session, path: format!("{OPENBAT}/{}", ada.chatbot) };
    let settings = json!({
        "": "an empty key", "a.b": 1, "a b": {"ü": "🤖"}, "empty": "", "none": {}, "large": u64::MAX,
        "small": -9_007_199_254_740_993_i64, "tiny": 1e-300, "nested": [[null, [true]], {"x": []}],
    });
    assert_eq!(bot.settings(settings.clone()).await, settings);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_lose_none() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = Bot { app: &app, session: &ada.session, path: format!("{OPENBAT}/{}", ada.chatbot) };
    let one = |at: usize| bot.patch(json!({"settings": {"shared": {format!("key{at}"): at}}}));
    for reply in join_all((0..8).map(one)).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let expected: Value = (0..8).map(|at| (format!("key{at}"), json!(at))).collect();
    let settings = bot.settings(json!({})).await;
    assert_eq!(settings, json!({ "shared": expected }));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn name_and_settings_have_bounds_and_what_is_refused_changes_nothing() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = Bot { app: &app, session: &ada.session, path: format!("{OPENBAT}/{}", ada.chatbot) };
    let before = app.get(&bot.path).bearer(&ada.session).send().await.ok();
    for wrong in [json!(5), json!("x"), json!([1]), json!(true)] {
        refused(&bot.patch(json!({ "settings": wrong })).await, 400, &["settings"]);
    }
    let large = json!({"settings": {"text": "x".repeat(9 * 1024)}});
    refused(&bot.patch(large).await, 400, &["settings", "8192"]);
    let wrong_name = json!({"name": "", "settings": {"a": 1}});
    refused(&bot.patch(wrong_name).await, 400, &["name"]);
    app.get(&bot.path).bearer(&ada.session).send().await.is(200, &before);
    names_have_bounds(async |name: Value| bot.patch(json!({ "name": name })).await, refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_changed() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let hers = format!("{OPENBAT}/{}", eve.chatbot);
    let before = app.get(&hers).bearer(&eve.session).send().await.ok();
    for body in [json!({"name": "Mine"}), json!({})] {
        let send = async |id: String| {
            let path = format!("{OPENBAT}/{id}");
            app.patch(&path).bearer(&ada.session).json(&body).send().await
        };
        nobody_elses(&eve.chatbot, send, refused).await;
    }
    app.get(&hers).bearer(&eve.session).send().await.is(200, &before);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_it_from_home_only() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    let body = json!({"name": "Renamed"});
    let route = (Method::PATCH, path.as_str());
    a_cookie_writes_from_home_only(&app, &ada.session, route, &body, 200).await;
    let send = async |text: String| app.patch(&path).bearer(&ada.session).body(text).send().await;
    bodies_are_looked_at(send, refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_of_its_own_decides_how_sure_an_answer_has_to_be() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = Bot { app: &app, session: &ada.session, path: format!("{OPENBAT}/{}", ada.chatbot) };
    let pair = json!({"question": "Where may visitors park?", "answer": "In the yard."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    // It has half of the words that tell what is asked, so it is about as sure as not.
    const ASKED: &str = "May visitors bring dogs along, or park?";
    let answered = async || app.ask(&ada.public, ASKED).await["sources"] != 0;
    for (threshold, answers) in [(json!(0.05), true), (json!(0.99), false), (json!(0), true)] {
        bot.patch(json!({"settings": {"confidenceThreshold": threshold}})).await.ok();
        assert_eq!(answered().await, answers, "{threshold}");
    }
    for wrong in [json!(1.5), json!(-0.1), json!("0.5"), json!({})] {
        let reply = bot.patch(json!({"settings": {"confidenceThreshold": wrong}})).await;
        refused(&reply, 400, &["settings.confidenceThreshold", "from 0 to 1"]);
    }
    assert!(answered().await, "what was refused changed nothing");
    // Null is the default again, and so is what was never set.
    bot.patch(json!({"settings": {"confidenceThreshold": null}})).await.ok();
    app.finish().await;
}
