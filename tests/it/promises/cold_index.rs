//! The first question after a change loads what a chatbot knows: however many sources that are, they
//! are read side by side.

use testkit::{App, Site};

use crate::util::knowledge::{add, page, said};

#[tokio::test(flavor = "multi_thread")]
async fn the_sources_of_a_chatbot_are_loaded_side_by_side() {
    const SOURCES: usize = 24;
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let site = Site::start(&[]).await;
    for n in 0..SOURCES {
        let path = format!("/room/{n}");
        site.set(&path, 200, &page(&format!("Room {n} shows fossils of whales."), ""));
        add(&app, &ada, &format!("{}{path}", site.url)).await;
    }
    app.drain().await;
    let chatbot = ada.chatbot.parse().unwrap();
    let sources = app.platform.app.sources(chatbot).await.unwrap();
    assert!(sources.len() == SOURCES && sources.iter().all(|source| source.chunk_count == 1));
    let body = serde_json::json!({"message": "What does room 7 show?"});
    let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await;
    asked.ok();
    let (read, _, round_trips) = asked.units();
    assert!(read > SOURCES as f64 / 2.0, "it was loaded with this question: {read} read units");
    assert!(round_trips < 10, "{round_trips} round trips for {SOURCES} sources");
    assert!(said(&app, &ada, "What does room 7 show?").await.contains("fossils"));
    app.finish().await;
}
