//! A data folder of an earlier version opens: what is in it is served to the keys from its
//! credentials file, and grows.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use flate2::read::GzDecoder;
use serde_json::json;
use testkit::App;

use crate::util::{botplot::text, sources::root};

/// Folders of earlier versions, by their commits.
const KEPT: [&str; 1] = ["39c3c92"];

/// Unpacks the folder of a version into `data`.
fn unpack(version: &str, data: &Path) {
    fs::create_dir_all(data).expect("a folder");
    let kept = root().join(format!("tests/data/data-folder-{version}"));
    for entry in fs::read_dir(&kept).unwrap_or_else(|e| panic!("{}: {e}", kept.display())) {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "gz") {
            let file = data.join(path.file_stem().expect("a name"));
            let mut packed = GzDecoder::new(File::open(&path).expect("a packed file"));
            let mut file = File::create(file).expect("a file");
            io::copy(&mut packed, &mut file).expect("it unpacks");
        }
    }
}

async fn opened(data: &Path) -> App {
    let app = App::with(|options| {
        (options.memory, options.no_demo) = (false, false);
        options.data = data.to_owned();
    });
    app.await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_of_an_earlier_version_is_served_to_its_own_keys() {
    for version in KEPT {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        unpack(version, &data);
        let before = fs::read_to_string(data.join("credentials.json")).unwrap();
        let app = opened(&data).await;
        let credentials = app.platform.credentials.clone().expect("credentials");
        let after = fs::read_to_string(data.join("credentials.json")).unwrap();
        let but_for_the_url = |text: &str| {
            text.lines().filter(|l| !l.contains("baseUrl")).collect::<Vec<_>>().join("")
        };
        assert_eq!(but_for_the_url(&before), but_for_the_url(&after), "the same workspace");
        let (keys, chatbot) = (&credentials.keys, &credentials.chatbot_id);

        // The chatbot, to every dialect and to its member.
        let path = format!("/api/v1/external/v1/chatbots/{chatbot}");
        let seen = app.get(&path).api_key(&keys.conferbot).send().await.ok();
        assert_eq!(seen["data"]["name"], "Colloquy demo");
        let seen = app.get(&format!("/v1/bots/{chatbot}")).bearer(&keys.chatbotplatform);
        assert_eq!(seen.send().await.ok()["data"]["name"], "Colloquy demo");
        app.get("/api/v1/knowledge").bearer(&keys.openbat).send().await.ok();
        let login =
            json!({"email": credentials.session.email, "password": credentials.session.password});
        let session = app.post("/api/v1/auth/login").json(&login).send().await;
        let session = session.session().expect("a session");
        let seen = app.get(&format!("/api/v1/chatbots/{chatbot}")).bearer(&session).send().await;
        assert_eq!(seen.ok()["name"], "Colloquy demo");

        // Its sources, and answers that are drawn from them.
        let secret = &keys.botplot_secret;
        let sources = app.get("/api/v1/knowledge").bearer(secret).send().await.ok();
        let found: Vec<_> = sources["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| (text(&source["type"]), text(&source["status"]), &source["chunkCount"]))
            .collect();
        assert_eq!(found, [("url", "ready", &json!(1)), ("qa", "ready", &json!(1))]);
        for (question, answer) in [
            ("When does the harbour museum open?", "At ten, but on Mondays."),
            ("When does the garden close?", "closes at dusk"),
        ] {
            let said = app.ask(&keys.botplot_public, question).await;
            assert!(text(&said["response"]).contains(answer), "{said}");
        }
        let body = json!({"question": "When does the garden close?"});
        let said = app.post("/api/v1/chat").bearer(&keys.helpbot).json(&body).send().await.ok();
        assert!(said.to_string().contains("closes at dusk"), "{said}");

        // Its conversation, which continues.
        let lists = async |from: &str| {
            let list = app.get(from).bearer(secret).send().await.ok();
            list["conversations"].as_array().unwrap().clone()
        };
        let conversations = lists("/api/v1/conversations").await;
        assert_eq!(conversations.len(), 4, "the old one and three new ones");
        let old = text(&conversations.last().unwrap()["id"]).to_owned();
        let path = format!("/api/v1/conversations/{old}");
        let shown = app.get(&path).bearer(secret).send().await.ok();
        let messages = shown["conversation"]["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 4);
        assert_eq!(messages[1]["content"], "At ten, but on Mondays.");

        // Its lead and its webhook with its delivery; another lead is another delivery.
        let hooks = format!("/api/v1/projects/{chatbot}/webhooks");
        let listed = app.get(&hooks).bearer(secret).send().await.ok();
        let webhook = &listed["webhooks"][0];
        assert_eq!(webhook["events"], json!(["lead.captured"]));
        let lead = json!({"name": "Bob", "email": "bob@example.com"});
        let left = app.post("/api/v1/leads").bearer(&keys.botplot_public).json(&lead).send().await;
        assert_eq!(left.status, 201, "{}", left.text);
        app.drain().await;
        let leads = app.get("/api/v1/leads").bearer(secret).send().await.ok();
        assert_eq!(leads["leads"].as_array().unwrap().len(), 2);
        let path = format!("{hooks}/{}/deliveries", text(&webhook["id"]));
        let deliveries = app.get(&path).bearer(secret).send().await.ok();
        // The old delivery is kept for a month only, whenever this runs.
        let newest = &deliveries["deliveries"][0];
        assert_eq!(newest["event"], "lead.captured", "{deliveries}");

        // Counters count on from what was counted.
        let path = format!("/v1/bots/{chatbot}/conversations");
        let list = app.get(&path).bearer(&keys.chatbotplatform).send().await.ok();
        assert_eq!(list["meta"]["total"], 4, "{list}");
        app.finish().await;
    }
}
