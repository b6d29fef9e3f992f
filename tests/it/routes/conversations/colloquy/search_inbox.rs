//! ours GET /api/v1/inbox/conversations
//!
//! What `text` finds, and how far a page of a search comes.

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::inbox::{ids, inbox, reply, visit};

/// Asks once more in a conversation.
async fn ask_again(app: &App, tenant: &Tenant, conversation: &str, message: &str) {
    let body = json!({"message": message, "conversationId": conversation});
    app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
}

fn excerpts(found: &Value) -> Vec<Option<&str>> {
    let rows = found["conversations"].as_array().expect("conversations").iter();
    rows.map(|row| row["excerpt"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_what_any_message_of_a_conversation_has() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let pair = json!({"question": "Do you rent sledges?", "answer": "Sledges cost 9 EUR a day."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    app.drain().await;
    let foreign = visit(&app, &bob.public, "Hello").await;
    ask_again(&app, &bob, &foreign.id, "Is there an ELEPHANT?").await;
    let asked = visit(&app, &ada.public, "Good morning").await;
    ask_again(&app, &ada, &asked.id, "May I bring my ELEPHANT?\n\nIt is small.").await;
    let answered = visit(&app, &ada.public, "Do you rent sledges?").await;
    let replied = visit(&app, &ada.public, "I want to talk to your manager").await;
    replied.hand_off(&app, &ada.public).await;
    let sent = reply(&app, &ada, &replied.id, "The giraffe house opens at nine.").await;
    assert_eq!(sent.status, 201);

    for (query, found, excerpt) in [
        ("text=elephant", &asked, Some("May I bring my ELEPHANT? It is small.")),
        ("text=9%20eur", &answered, Some("Sledges cost 9 EUR a day.")),
        ("text=GIRAFFE&status=handed_off", &replied, Some("The giraffe house opens at nine.")),
        ("text=a%20refund", &replied, None),
        ("text=manager", &replied, None),
    ] {
        let answer = inbox(&app, &ada, query).await;
        assert_eq!((ids(&answer), excerpts(&answer)), (vec![&*found.id], vec![excerpt]), "{query}");
        assert_eq!(answer["cursor"], json!(null), "{query}");
    }
    for nothing in ["text=elephants", "text=giraffe&status=active", "text=elephant&channel=slack"] {
        assert_eq!(ids(&inbox(&app, &ada, nothing).await), Vec::<&str>::new(), "{nothing}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_search_reads_a_hundred_conversations_and_the_next_ones_the_rest() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let oldest = visit(&app, &ada.public, "Good morning").await;
    ask_again(&app, &ada, &oldest.id, "May I bring my elephant?").await;
    for _ in 0..7 {
        join_all((0..20).map(|_| visit(&app, &ada.public, "Good evening"))).await;
    }
    let first = app.get("/api/v1/inbox/conversations?text=elephant").bearer(&ada.session);
    let first = first.send().await;
    // The session, the chatbots, two pages of rows, and half a unit for each of the 100.
    let (read, write, _) = first.units();
    assert!(read > 50.0 && read <= 75.0 && write == 0.0, "{read} read, {write} write units");
    let first = first.ok();
    assert_eq!(ids(&first), Vec::<&str>::new());
    let cursor = first["cursor"].as_str().expect("more").to_owned();
    let second = inbox(&app, &ada, &format!("text=elephant&cursor={cursor}")).await;
    assert_eq!((ids(&second), &second["cursor"]), (vec![&*oldest.id], &json!(null)));

    // Pages that are full end where their last row is.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = inbox(&app, &ada, &format!("text=evening&limit=30{cursor}")).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        assert!(seen.len() <= 140, "each once");
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 140);
    app.finish().await;
}
