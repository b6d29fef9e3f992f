//! Every answer fits what a function may answer, as Lambda wraps it, whatever visitors and sites
//! said. The platform's own gateway refuses what does not, on every route of every test.

use domain::{
    ConversationId, ConversationStatus, MessageId, Timestamp, Turn,
    conversation::{MAX_MESSAGES, MAX_TEXT_BYTES},
    source::Chunk,
    wire,
};
use futures::future::join_all;
use serde_json::{Value, json};
use store::TurnWrite;
use testkit::{App, Site, Tenant};

use crate::util::{
    botplot::text,
    knowledge::{page, ready},
};

/// A message that is seven times as long in an answer.
fn expensive() -> String {
    format!("a{}", "\u{1}".repeat(3_999))
}

/// Has a visitor with a public key continue the conversation of `first` until its row says that
/// it has `messages` or more text than a conversation may have.
async fn fill(app: &App, tenant: &Tenant, first: &Value, question: &str, messages: u32) {
    let store = &app.platform.app.store;
    let id: ConversationId = text(&first["conversationId"]).parse().unwrap();
    let chatbot = tenant.chatbot.parse().unwrap();
    loop {
        let conversation = store.conversation(chatbot, id).await.unwrap().unwrap();
        if conversation.message_count >= messages || conversation.is_full() {
            return;
        }
        let at = Timestamp::now();
        let turn = Turn {
            id: MessageId::new(),
            question_id: MessageId::new(),
            conversation_id: id,
            chatbot_id: chatbot,
            workspace_id: conversation.workspace_id,
            question: question.to_owned(),
            answer: "I don't know.".to_owned(),
            citations: Vec::new(),
            confidence: 0.0,
            unanswered: true,
            backend: None,
            rating: None,
            rated_at: None,
            asked_at: at,
            answered_at: at,
        };
        let how = TurnWrite::Continues(ConversationStatus::Active);
        assert!(store.put_turn(&conversation, &turn, how, app.platform.app.idle).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_visitor_makes_a_conversation_or_a_list_of_them_unreadable() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let first = app.ask(&ada.public, &expensive()).await;
        fill(&app, &ada, &first, &expensive(), MAX_MESSAGES).await;
        ids.push(text(&first["conversationId"]).to_owned());
    }
    let small = app.ask(&ada.public, "Who is there?").await;

    let more = json!({"message": "More", "conversationId": ids[0]});
    let full = app.post("/api/v1/chat").bearer(&ada.public).json(&more).send().await;
    assert_eq!(full.status, 409, "{}", full.text);
    assert!(full.text.contains("as much text as there is room for"), "{}", full.text);

    let path = format!("/api/v1/conversations/{}", ids[0]);
    let whole = app.get(&path).bearer(&ada.secret).send().await;
    let messages = whole.ok()["conversation"]["messages"].as_array().unwrap().len();
    assert!(messages > 300, "{messages}");
    assert!(wire::wrapped(whole.text.as_bytes()) > MAX_TEXT_BYTES as usize, "nearly full");

    let responses = format!("/api/v1/external/v1/chatbots/{}/responses", ada.chatbot);
    let one = format!("{responses}/{}", ids[0]);
    let one = app.get(&one).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(one["data"]["record"].as_array().unwrap().len(), messages);
    // The first page, which is what a client asks for that names no limit.
    let listed = app.get(&responses).api_key(&ada.conferbot).send().await.ok();
    let rows = listed["data"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0]["_id"], small["conversationId"], "the small one is whole");
    assert_eq!(rows[0]["record"].as_array().unwrap().len(), 2);
    for row in &rows[1..] {
        let record = row["record"].as_array().unwrap();
        assert!((2..messages).contains(&record.len()), "{}", record.len());
        let last = text(&record.last().unwrap()["message"]);
        assert!(last.contains("the list has no room for the rest"), "{last}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_has_no_message_too_many_however_many_come_at_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let first = app.ask(&ada.public, "Hello?").await;
    fill(&app, &ada, &first, "Again?", MAX_MESSAGES - 2).await;
    let more = json!({"message": "More", "conversationId": first["conversationId"]});
    let calls = (0..20).map(|_| app.post("/api/v1/chat").bearer(&ada.public).json(&more).send());
    let answered = join_all(calls).await.into_iter().filter(|reply| reply.status == 200).count();
    assert_eq!(answered, 1);
    let path = format!("/api/v1/conversations/{}", text(&first["conversationId"]));
    let whole = app.get(&path).bearer(&ada.secret).send().await.ok();
    let messages = whole["conversation"]["messages"].as_array().unwrap().len();
    assert_eq!(messages, MAX_MESSAGES as usize);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_passages_of_a_large_source_come_in_pages_that_fit() {
    const CHUNKS: usize = 600;
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let id = ready(&app, &ada, &format!("{}/visit", site.url)).await;
    let store = &app.platform.app.store;
    let source = app.platform.app.source(ada.chatbot.parse().unwrap(), id.parse().unwrap()).await;
    let source = source.unwrap();
    let stored = store.pages(source.id, source.job).await.unwrap().remove(0);
    let chunk = |n: usize| Chunk {
        id: format!("large-{n}"),
        content: "\"".repeat(4_000),
        headings: Vec::new(),
        url: None,
        title: String::new(),
        tokens: 4_000,
        ..Chunk::default()
    };
    store.put_chunks(&stored, &(0..CHUNKS).map(chunk).collect::<Vec<_>>()).await.unwrap();

    let (mut offset, mut seen, mut pages) = (0, Vec::new(), 0);
    loop {
        let path = format!("/api/v1/knowledge/{id}?offset={offset}");
        let shown = app.get(&path).bearer(&ada.secret).send().await.ok();
        let chunks = shown["chunks"].as_array().unwrap();
        seen.extend(chunks.iter().map(|chunk| text(&chunk["id"]).to_owned()));
        pages += 1;
        let Some(next) = shown["nextOffset"].as_u64() else { break };
        assert_eq!(next, seen.len() as u64);
        offset = next;
    }
    assert_eq!(seen, (0..CHUNKS).map(|n| format!("large-{n}")).collect::<Vec<_>>());
    assert_eq!(pages, 2);
    app.finish().await;
}

/// A list whose rows are large only together: the caller is told to request fewer, in the route's
/// own dialect and not by the gateway.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_fit_is_refused_in_its_dialect() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let pair =
        json!({"question": "What is all of it?", "answer": format!("a{}", "\u{1}".repeat(9_999))});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    for _ in 0..95 {
        let question = json!({"question": "What is all of it?"});
        app.post("/api/v1/chat").bearer(&ada.helpbot).json(&question).send().await.ok();
    }
    let list = async |limit: u32| {
        let path = format!("/api/v1/conversations?limit={limit}");
        app.get(&path).bearer(&ada.helpbot).send().await
    };
    let refused = list(100).await;
    assert_eq!(refused.status, 413, "{}", refused.text);
    assert_eq!(
        refused.json()["error"],
        "The answer would have more than 6 MB; request fewer items"
    );
    assert_eq!(list(20).await.ok()["conversations"].as_array().unwrap().len(), 20);
    app.finish().await;
}
