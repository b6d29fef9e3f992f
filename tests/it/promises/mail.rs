//! An owner is told by mail when a visitor asks for a person: once, in a letter that any mail
//! program reads, with nothing of the visitor's making in its headers.

use local::Code;
use mail_parser::{Address, Message, MessageParser};
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{botplot::text, helpbot::ask};

const QUESTION: &str = "Où est le café? Größe 42, 日本語 😀\r\nBcc: everybody@example.com";

async fn hand_off(app: &App, tenant: &Tenant, conversation: &Value, email: Option<&str>) {
    let body = json!({"conversationId": conversation, "customerEmail": email});
    let reply = app.post("/api/v1/handoff").bearer(&tenant.helpbot).json(&body).send().await;
    reply.is(200, &json!({"success": true}));
}

fn only(address: Option<&Address<'_>>) -> String {
    let list = address.expect("an address").clone().into_list();
    assert_eq!(list.len(), 1, "{list:?}");
    list[0].address.as_deref().expect("an address").to_owned()
}

fn parsed(letter: &[u8]) -> Message<'_> {
    MessageParser::default().parse(letter).expect("a letter")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letter_says_who_asked_what_and_what_was_answered() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let name = json!({"name": "Ada's café\r\nBcc: everybody@example.com"});
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    app.patch(&path).bearer(&tenant.session).json(&name).send().await.ok();
    let id = ask(&app, &tenant, QUESTION).await;
    hand_off(&app, &tenant, &id, Some("Eve@Shop.Example")).await;
    app.drain().await;

    let letters = app.mails();
    assert_eq!(letters.len(), 1);
    let letter = parsed(&letters[0]);
    assert_eq!(only(letter.to()), "ada@example.com");
    assert_eq!(only(letter.from()), "colloquy@localhost");
    assert_eq!(only(letter.reply_to()), "eve@shop.example");
    let name = "Ada's café Bcc: everybody@example.com";
    assert_eq!(letter.subject(), Some(&*format!("{name}: a visitor asks for a person")));
    let mut headers: Vec<&str> = letter.headers().iter().map(|header| header.name()).collect();
    headers.sort_unstable();
    let expected = [
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Reply-To",
        "Subject",
        "To",
    ];
    headers
        .iter()
        .zip(expected)
        .for_each(|(found, name)| assert!(found.eq_ignore_ascii_case(name)));
    assert_eq!(headers.len(), expected.len(), "{headers:?}");

    let chatbot = tenant.chatbot.parse().unwrap();
    let (stored, said) =
        app.platform.app.conversation(chatbot, text(&id).parse().unwrap()).await.unwrap();
    let at = stored.handoff_at.unwrap();
    assert_eq!(letter.date().unwrap().to_timestamp(), at.seconds());
    let body = letter.body_text(0).unwrap().replace("\r\n", "\n");
    let expected = format!(
        "A visitor of {name} asks for a person. They can be reached at eve@shop.example.\n\n\
         Question:\n{}\n\nAnswer:\n{}\n\nConversation: {}\nAsked for: {at}\n",
        QUESTION.replace("\r\n", "\n"),
        domain::TranscriptMessage::of(said)[1].text,
        text(&id),
    );
    assert_eq!(body.trim_end(), expected.trim_end());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_no_header_takes_stands_in_the_text_alone() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for email in [Some("a,b@example.com"), Some("zoë@example.com"), None] {
        let id = ask(&app, &tenant, "Hello?").await;
        hand_off(&app, &tenant, &id, email).await;
        app.drain().await;
        let letters = app.mails();
        let letters = letters.iter().map(|letter| parsed(letter));
        let found = letters.into_iter().find(|l| l.body_text(0).unwrap().contains(text(&id)));
        let letter = found.expect("a letter about it");
        assert!(letter.reply_to().is_none());
        assert!(letter.body_text(0).unwrap().contains(email.unwrap_or("no e-mail address")));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_handoff_by_helpbot_s_route_is_mailed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let theirs = ask(&app, &tenant, "Hello?").await;
    let path = format!("/api/v1/conversations/{}/handoff", text(&theirs));
    app.post(&path).bearer(&tenant.public).json(&json!({})).send().await.ok();
    app.drain().await;
    assert_eq!(app.mails().len(), 0, "botplot's reference promises none");

    let begun_elsewhere = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    hand_off(&app, &tenant, &begun_elsewhere, None).await;
    app.drain().await;
    assert_eq!(app.mails().len(), 1);
    app.finish().await;
}

/// A message as the mail queue holds it for a handoff at `at`.
async fn message(app: &App, tenant: &Tenant, conversation: &Value) -> Value {
    let chatbot = tenant.chatbot.parse().unwrap();
    let id = text(conversation).parse().unwrap();
    let (stored, _) = app.platform.app.conversation(chatbot, id).await.unwrap();
    let at = stored.handoff_at.unwrap();
    let event = domain::Event::handed_off(stored, at).id;
    let job = json!({
        "v": 1, "eventId": event.to_string(), "at": at.millis(),
        "workspaceId": tenant.workspace, "chatbotId": tenant.chatbot,
        "about": {"handoffRequested": {"conversationId": conversation}},
    });
    json!({"Records": [{"messageId": "m-1", "body": job.to_string(), "eventSource": "aws:sqs"}]})
}

async fn work(app: &App, event: &Value) -> Value {
    let Some(Code::Worker(work)) = app.platform.function("mail-worker") else {
        panic!("mail-worker is no worker");
    };
    work(event.clone()).await.expect("an answer")["batchItemFailures"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_comes_again_sends_nothing_and_one_about_what_is_gone_is_done() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ask(&app, &tenant, "Hello?").await;
    hand_off(&app, &tenant, &id, None).await;
    app.drain().await;
    let sent = app.mails();
    assert_eq!(sent.len(), 1);

    // Even where the letter itself is gone: the table knows that it was sent.
    let event = message(&app, &tenant, &id).await;
    for file in std::fs::read_dir(app.platform.mail_dir()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    for _ in 0..3 {
        assert_eq!(work(&app, &event).await, json!([]));
    }
    assert_eq!(app.mails().len(), 0);

    let id = ask(&app, &tenant, "And this?").await;
    let path = format!("/api/v1/conversations/{}/handoff", text(&id));
    app.post(&path).bearer(&tenant.public).json(&json!({})).send().await.ok();
    let event = message(&app, &tenant, &id).await;
    let path = format!("/api/v1/conversations/{}", text(&id));
    app.delete(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(work(&app, &event).await, json!([]));
    assert_eq!(app.mails().len(), 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_sent_waits_among_the_dead_letters() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    // A file where the folder should be: no letter can be written.
    std::fs::write(app.platform.mail_dir(), "").unwrap();
    let id = ask(&app, &tenant, "Hello?").await;
    hand_off(&app, &tenant, &id, None).await;
    app.drain().await;
    assert_eq!(app.platform.dead_letters().await.unwrap(), 1);
    let event = message(&app, &tenant, &id).await;
    assert_eq!(work(&app, &event).await, json!([{"itemIdentifier": "m-1"}]));

    // Sent again once that is mended, it arrives.
    std::fs::remove_file(app.platform.mail_dir()).unwrap();
    assert_eq!(work(&app, &event).await, json!([]));
    assert_eq!(app.mails().len(), 1);
    app.platform.shutdown().await;
}
