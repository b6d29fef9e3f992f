//! With an embedding model, what is said in other words is found; without, and while the model
//! fails, words find what they find.

use std::sync::Arc;

use serde_json::json;
use testkit::{App, Site, Tenant, WordEmbedder, eventually};

use crate::util::{
    botplot::text,
    knowledge::{page, ready, recrawled, settled},
};

const PARKING: &str = "Automobiles may stand in the yard behind the house.";
const ASKED: &str = "Where do I leave my car?";

async fn with(model: &Arc<WordEmbedder>) -> App {
    App::with(|options| {
        options.embeddings = "bedrock:a-model".to_owned();
        options.embedder = Some(model.clone());
    })
    .await
}

async fn said(app: &App, tenant: &Tenant, question: &str) -> Option<String> {
    let answer = app.ask(&tenant.public, question).await;
    (answer["sources"] != 0).then(|| text(&answer["response"]).to_owned())
}

async fn add_pair(app: &App, tenant: &Tenant, question: &str, answer: &str) {
    let body = json!({"question": question, "answer": answer});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&body).send().await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_that_shares_no_word_with_the_question_is_found_by_what_it_means() {
    let model = Arc::<WordEmbedder>::default();
    let plain = App::start().await;
    let app = with(&model).await;
    let site = Site::start(&[("/visit", &page(PARKING, ""))]).await;
    for (app, finds) in [(&plain, false), (&app, true)] {
        let tenant = app.tenant("ada").await;
        ready(app, &tenant, &format!("{}/visit", site.url)).await;
        let found = said(app, &tenant, ASKED).await;
        assert_eq!(
            found.as_deref().is_some_and(|found| found.contains(PARKING)),
            finds,
            "{found:?}"
        );
        assert_eq!(said(app, &tenant, "How do I cook pasta?").await, None);
    }
    plain.finish().await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_found_by_what_it_means_from_its_own_write_on() {
    let model = Arc::<WordEmbedder>::default();
    let app = with(&model).await;
    let tenant = app.tenant("ada").await;
    add_pair(&app, &tenant, "What does the vehicle stand cost?", "Nothing on Sundays.").await;
    assert_eq!(
        said(&app, &tenant, "Fee per automobile?").await.as_deref(),
        Some("Nothing on Sundays.")
    );
    // One that was added while the model failed is found by its words.
    model.breaks(true);
    add_pair(&app, &tenant, "When is the bakery open?", "From six.").await;
    assert_eq!(said(&app, &tenant, "When is the bakery open?").await.as_deref(), Some("From six."));
    model.breaks(false);
    assert_eq!(said(&app, &tenant, "Bakery open when?").await.as_deref(), Some("From six."));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_not_embedded_again_and_keeps_its_vectors() {
    let model = Arc::<WordEmbedder>::default();
    let app = with(&model).await;
    let tenant = app.tenant("ada").await;
    let link = "<a href='/visit/garden'>garden</a>";
    let site = Site::start(&[
        ("/visit", &page("The museum opens at ten.", link)),
        ("/visit/garden", &page(PARKING, "")),
    ])
    .await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let before = model.texts();
    assert_eq!(before, 2, "a passage of each page");
    site.set("/visit", 200, &page("The museum opens at eleven.", link));
    recrawled(&app, &tenant, &id).await;
    assert_eq!(model.texts(), before + 1);
    assert!(said(&app, &tenant, ASKED).await.is_some_and(|found| found.contains(PARKING)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_holds_a_crawl_up_and_leaves_questions_to_their_words() {
    let model = Arc::<WordEmbedder>::default();
    let app = with(&model).await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page(PARKING, ""))]).await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    model.breaks(true);
    assert_eq!(said(&app, &tenant, ASKED).await, None);
    let by_words = said(&app, &tenant, "May automobiles stand in the yard?").await;
    assert!(by_words.is_some_and(|found| found.contains(PARKING)));
    // A crawl waits for the model: its messages come again.
    site.set("/visit", 200, &page("Vehicles may stand in front of the house.", ""));
    let path = format!("/api/v1/knowledge/{id}/recrawl");
    app.post(&path).bearer(&tenant.secret).send().await.ok();
    let asked = model.texts();
    eventually("the crawl asks the model", async || (model.texts() > asked).then_some(())).await;
    model.breaks(false);
    assert_eq!(settled(&app, &tenant, &id).await["source"]["status"], "ready");
    eventually("the new page answers", async || {
        said(&app, &tenant, ASKED).await.filter(|found| found.contains("in front"))
    })
    .await;
    app.finish().await;
}
