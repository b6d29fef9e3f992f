//! Where the file of a source is kept: for as long as the source is there, through a restart, and
//! once for each copy.

use std::fs;

use aws_sdk_dynamodb::types::AttributeValue;
use testkit::{App, Tenant};

use crate::util::{
    access::key_for,
    botplot::text,
    chatbots::CONFERBOT,
    knowledge::{said, settled},
    table::table,
    uploads::{listed, upload, uploaded},
};

const GARDEN: &[u8] = b"The garden closes at dusk.";
const QUESTION: &str = "When does the garden close?";

/// The files of a chatbot by their names, which are their sources' ids.
fn files(app: &App, chatbot: &str) -> Vec<String> {
    let Ok(folder) = fs::read_dir(app.platform.files_dir().join(chatbot)) else {
        return Vec::new();
    };
    let mut names: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn contents(app: &App, chatbot: &str, source: &str) -> Vec<u8> {
    fs::read(app.platform.files_dir().join(chatbot).join(source)).unwrap()
}

/// A copy of the tenant's chatbot; its id and a public and a site's key for it.
async fn copy(app: &App, ada: &Tenant) -> (String, Tenant) {
    let path = format!("{CONFERBOT}/{}/duplicate", ada.chatbot);
    let made = app.post(&path).api_key(&ada.conferbot).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let mut keys = ada.clone();
    keys.chatbot.clone_from(&id);
    keys.public = key_for(app, &ada.session, "public", &id).await;
    keys.secret = key_for(app, &ada.session, "secret", &id).await;
    (id, keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_with_its_source_and_with_its_chatbot() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let first = uploaded(&app, &tenant, "garden.txt", GARDEN).await;
    let second = uploaded(&app, &tenant, "cellar.txt", b"The cellar holds wine.").await;
    let third = upload(&app, &tenant, "broken.pdf", b"%PDF-").await.ok();
    let third = text(&third["source"]["id"]).to_owned();
    settled(&app, &tenant, &third).await;
    let mut all = vec![first.clone(), second.clone(), third.clone()];
    all.sort();
    assert_eq!(files(&app, &tenant.chatbot), all);
    assert_eq!(contents(&app, &tenant.chatbot, &first), GARDEN);

    // Through either dialect.
    let site = format!("/api/v1/sources?id={first}");
    app.delete(&site).bearer(&tenant.helpbot).send().await.ok();
    let other = format!("/api/v1/knowledge/{third}");
    app.delete(&other).bearer(&tenant.secret).send().await.ok();
    app.drain().await;
    assert_eq!(files(&app, &tenant.chatbot), [second]);
    assert_eq!(said(&app, &tenant, QUESTION).await, "");

    // One that no source knows of goes with the chatbot.
    let orphan = app.platform.files_dir().join(&tenant.chatbot).join("orphan");
    fs::write(&orphan, "left behind").unwrap();
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    app.delete(&path).bearer(&tenant.session).send().await.ok();
    app.drain().await;
    assert!(!app.platform.files_dir().join(&tenant.chatbot).exists());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_chatbot_has_a_copy_of_its_own() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = uploaded(&app, &ada, "garden.txt", GARDEN).await;
    let (copied, keys) = copy(&app, &ada).await;
    app.drain().await;
    assert!(said(&app, &keys, QUESTION).await.contains("at dusk"));
    let [twin] = &files(&app, &copied)[..] else { panic!("one file") };
    assert_ne!(*twin, id);
    assert_eq!(contents(&app, &copied, twin), GARDEN);
    let read = settled(&app, &keys, twin).await;
    assert_eq!(
        (text(&read["source"]["type"]), text(&read["source"]["name"])),
        ("file", "garden.txt")
    );

    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    app.delete(&path).api_key(&ada.conferbot).send().await.ok();
    app.drain().await;
    assert_eq!(files(&app, &ada.chatbot), Vec::<String>::new());
    assert_eq!(files(&app, &copied), std::slice::from_ref(twin));
    assert!(said(&app, &keys, QUESTION).await.contains("at dusk"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_waits_is_read_for_the_copy_too() {
    let mut app = App::with(|options| options.detached = true).await;
    let ada = app.tenant("ada").await;
    let added = upload(&app, &ada, "garden.txt", GARDEN).await.ok();
    let (copied, keys) = copy(&app, &ada).await;
    assert_eq!((files(&app, &ada.chatbot).len(), files(&app, &copied).len()), (1, 0));
    app.platform.attach().unwrap();
    app.drain().await;
    settled(&app, &ada, text(&added["source"]["id"])).await;
    assert_eq!(files(&app, &copied).len(), 1);
    settled(&app, &keys, &files(&app, &copied)[0]).await;
    for keys in [&ada, &keys] {
        assert!(said(&app, keys, QUESTION).await.contains("at dusk"));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_it_and_reads_what_was_not_read_yet() {
    let data = tempfile::tempdir().unwrap();
    let start = async |detached| {
        App::with(|options| {
            (options.memory, options.detached) = (false, detached);
            options.data = data.path().join("data");
        })
        .await
    };
    let app = start(true).await;
    let tenant = app.tenant("ada").await;
    upload(&app, &tenant, "garden.txt", GARDEN).await.ok();
    app.platform.shutdown().await;

    let app = start(false).await;
    let id = text(&listed(&app, &tenant).await[0]["id"]).to_owned();
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready", "{source}");
    app.finish().await;

    let app = start(false).await;
    assert!(said(&app, &tenant, QUESTION).await.contains("at dusk"));
    assert_eq!(contents(&app, &tenant.chatbot, &id), GARDEN);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_lost_fails_its_source_and_one_whose_source_is_refused_is_not_kept() {
    let mut app = App::with(|options| options.detached = true).await;
    let tenant = app.tenant("ada").await;
    let added = upload(&app, &tenant, "garden.txt", GARDEN).await.ok();
    let id = text(&added["source"]["id"]);
    fs::remove_file(app.platform.files_dir().join(&tenant.chatbot).join(id)).unwrap();
    app.platform.attach().unwrap();
    settled(&app, &tenant, id).await;
    let lost = &listed(&app, &tenant).await[0];
    assert_eq!(text(&lost["error"]), "the file is not there any more");

    // As many sources as a chatbot may have.
    let full = table(&app)
        .update_item()
        .table_name("colloquy")
        .key("pk", AttributeValue::S(format!("WS#{}", tenant.workspace)))
        .key("sk", AttributeValue::S(format!("BOT#{}", tenant.chatbot)))
        .update_expression("SET sources = :most")
        .expression_attribute_values(":most", AttributeValue::N("1000".to_owned()));
    full.send().await.expect("the table takes it");
    let refused = upload(&app, &tenant, "garden.txt", GARDEN).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(files(&app, &tenant.chatbot), Vec::<String>::new());
    app.finish().await;
}
