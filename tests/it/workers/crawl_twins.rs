//! A page and its twins in other languages, which it names by `hreflang`.

use axum::{Router, extract::Query, response::Html, routing::get};
use serde_json::json;
use std::collections::HashMap;
use testkit::{App, Site, Tenant};

use crate::util::{
    botplot::text,
    knowledge::{impatient, pages, ready},
};

/// A page in a language that says `said`, with `head` in its head.
fn page(lang: &str, head: &str, said: &str) -> String {
    format!(
        "<html lang={lang}><head><title>Kiln</title>{head}</head><body><main><h1>Kiln</h1>\
         <p>{said}</p></main></body></html>"
    )
}

fn twin(lang: &str, href: &str) -> String {
    format!("<link rel=alternate hreflang={lang} href='{href}'>")
}

/// Paths of a source's pages, in order, with their states.
async fn read(app: &App, tenant: &Tenant, id: &str, site: &Site) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = pages(app, tenant, id)
        .await
        .iter()
        .map(|page| {
            let path = text(&page["url"]).replace(&site.url, "");
            (path, text(&page["status"]).to_owned())
        })
        .collect();
    found.sort();
    found
}

/// The language of the best entry for a question, and what it says.
async fn best(app: &App, tenant: &Tenant, question: &str) -> (String, String) {
    let request = app.post("/api/v1/knowledge/search").bearer(&tenant.secret);
    let found = request.json(&json!({ "question": question })).send().await.ok();
    let hit = &found["hits"][0];
    (text(&hit["language"]).to_owned(), text(&hit["content"]).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_are_pages_of_their_own_in_their_languages() {
    let elsewhere = Site::start(&[("/es", &page("es", "", "El horno abre a las nueve."))]).await;
    // Nothing but its head leads from one to the other.
    let twins = [
        twin("en", "/kiln"),
        twin("de-AT", "/de/kiln"),
        twin("fr", "/kiln?lang=fr"),
        twin("x-default", "/kiln"),
        twin("it", "/it/kiln"),
        twin("es", &format!("{}/es", elsewhere.url)),
        "<link rel=canonical href=/kiln>".to_owned(),
    ]
    .concat();
    let english = page("en", &twins, "The kiln is open from nine to noon, and it is hot.");
    let french = page("fr", &twins, "Le four est ouvert de neuf heures à midi, et il est chaud.");
    let by_query = move |Query(query): Query<HashMap<String, String>>| async move {
        Html(if query.contains_key("lang") { french } else { english })
    };
    let german = page("de-AT", "", "Der Ofen ist von neun bis zwölf offen, und er ist heiß.");
    // Not translated yet.
    let untranslated = page("it", "", "The kiln is open from nine to noon, and it is hot.");
    let site = Site::with(
        &[("/de/kiln", &german), ("/it/kiln", &untranslated)],
        Router::new().route("/kiln", get(by_query)),
    )
    .await;
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let added = format!("{}/", site.url);
    let start = page("en", "", "Welcome to our workshop. <a href=/kiln>Kiln</a>");
    site.set("/", 200, &start);
    let id = ready(&app, &tenant, &added).await;
    let expected = [
        ("/", "read"),
        ("/de/kiln", "read"),
        ("/it/kiln", "duplicate"),
        ("/kiln", "read"),
        ("/kiln?lang=fr", "read"),
    ]
    .map(|(path, status)| (path.to_owned(), status.to_owned()));
    assert_eq!(read(&app, &tenant, &id, &site).await, expected);
    assert_eq!(elsewhere.hits("/es"), 0, "another site's");
    for (question, language, answer) in [
        ("When is the kiln open?", "en", "from nine to noon"),
        ("Wann ist der Ofen offen?", "de-AT", "von neun bis zwölf"),
        ("Quand le four est-il ouvert ?", "fr", "de neuf heures à midi"),
    ] {
        let (found, content) = best(&app, &tenant, question).await;
        assert!(content.contains(answer) && found == language, "{question}: {found} {content}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_outside_of_the_scope_is_left_alone() {
    let twins = [twin("de", "/de/kiln"), twin("en-GB", "/en/gb/kiln")].concat();
    let site = Site::start(&[
        ("/en/", &page("en", &twins, "The kiln is open from nine to noon.")),
        ("/en/gb/kiln", &page("en-GB", "", "The kiln is open from ten to noon.")),
        ("/de/kiln", &page("de", "", "Der Ofen ist von neun bis zwölf offen.")),
    ])
    .await;
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/en/", site.url)).await;
    let expected = [("/en/", "read"), ("/en/gb/kiln", "read")]
        .map(|(path, status)| (path.to_owned(), status.to_owned()));
    assert_eq!(read(&app, &tenant, &id, &site).await, expected);
    assert_eq!(site.hits("/de/kiln"), 0);
    app.finish().await;
}
