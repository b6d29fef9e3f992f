//! ours POST /api/v1/sources/file

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, FormPart};

use crate::util::{
    botplot::{is_id, is_time, text},
    helpbot::{SiteRoute, refused},
    knowledge::{page, pages, pdf, said, settled},
    uploads::{PATH, listed, upload, uploaded},
};

/// The largest file that is taken.
const MOST: usize = 10 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_pending_then_indexed_and_answers_are_drawn_from_it_by_its_name() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let bytes = b"# Returns\n\nUnused goods can be returned within thirty days.";
    let added = upload(&app, &tenant, "returns policy.md", bytes).await.ok();
    let source = &added["source"];
    assert!(is_id(&source["id"]) && is_time(&source["createdAt"]), "{added}");
    let expected = json!({
        "source": {
            "id": source["id"], "url": "returns policy.md", "status": "pending",
            "documentCount": 0, "createdAt": source["createdAt"], "lastScrapedAt": null,
            "error": null,
        },
        "message": "Source added. Poll GET /api/v1/sources until its status is indexed",
    });
    assert_eq!(added, expected);
    let id = text(&source["id"]);
    let read = settled(&app, &tenant, id).await;
    assert_eq!(read["source"]["type"], "file");
    assert_eq!(read["source"]["name"], "returns policy.md");
    assert_eq!(read["chunks"][0]["content"], "Unused goods can be returned within thirty days.");
    let ask = json!({"question": "When can unused goods be returned?"});
    let answer = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&ask).send().await.ok();
    assert!(text(&answer["answer"]).contains("thirty days"), "{answer}");
    assert_eq!(answer["sources"], json!(["returns policy.md"]));

    let [row] = &listed(&app, &tenant).await[..] else { panic!("one source") };
    assert_eq!((&row["status"], &row["documentCount"]), (&json!("indexed"), &json!(1)));
    assert!(is_time(&row["lastScrapedAt"]), "{row}");
    let [page] = &pages(&app, &tenant, id).await[..] else { panic!("one page") };
    assert_eq!((&page["url"], &page["status"]), (&json!("returns policy.md"), &json!("read")));
    assert!(page["hash"].is_string() && is_time(&page["lastGoodAt"]), "{page}");

    // The same file again is another source.
    let again = upload(&app, &tenant, "returns policy.md", bytes).await.ok();
    assert_ne!(again["source"]["id"], source["id"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn html_text_markdown_and_pdf_are_read() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let html = page("The museum opens at ten.", "<a href='http://127.0.0.1:9/next'>next</a>");
    uploaded(&app, &tenant, "visit.HTM", html.as_bytes()).await;
    uploaded(&app, &tenant, "garden.txt", b"The garden closes at dusk.").await;
    uploaded(&app, &tenant, "tour.pdf", &pdf("The guided tour begins at the fountain.")).await;
    // One whose name says nothing is what it is declared to be, in the character set that is said.
    let latin = FormPart {
        content_type: Some("text/plain; charset=ISO-8859-2"),
        ..FormPart::file("library", b"The library lends books about the \xb9koda works.")
    };
    let key = FormPart {
        name: "apiKey",
        file_name: None,
        content_type: None,
        bytes: tenant.helpbot.as_bytes(),
    };
    let added = app.post(PATH).form(&[key, latin]).send().await.ok();
    let source = settled(&app, &tenant, text(&added["source"]["id"])).await;
    assert!(text(&source["chunks"][0]["content"]).contains("škoda"), "{source}");
    for (question, answer) in [
        ("When does the museum open?", "at ten"),
        ("When does the garden close?", "at dusk"),
        ("Where does the guided tour begin?", "at the fountain"),
    ] {
        let said = said(&app, &tenant, question).await;
        assert!(said.contains(answer), "{question}: {said}");
    }
    app.drain().await;
    assert_eq!(listed(&app, &tenant).await.len(), 4, "and nothing that they lead to");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_mebibytes_are_taken_and_not_a_byte_more() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let mut file = b"The cellar holds ten thousand bottles.".to_vec();
    file.resize(MOST, b'\n');
    let id = uploaded(&app, &tenant, "cellar.txt", &file).await;
    assert!(said(&app, &tenant, "How many bottles does the cellar hold?").await.contains("ten"));
    file.push(b'\n');
    let large = upload(&app, &tenant, "cellar.txt", &file).await;
    refused(&large, 413, "The file must have at most 10485760 bytes");
    // No other route takes more than it did.
    let body = format!("{{\"url\":\"{}\"}}", "x".repeat(1024 * 1024));
    let other = app.post("/api/v1/sources").bearer(&tenant.helpbot).body(body).send().await;
    refused(&other, 413, "The body must have at most 1048576 bytes");
    assert_eq!(listed(&app, &tenant).await.len(), 1);
    // A write that is repeated is made once, however large it is.
    file.truncate(2 * 1024 * 1024);
    let once = || app.post(PATH).bearer(&tenant.helpbot).header("idempotency-key", "once");
    let first = once().form(&[FormPart::file("again.txt", &file)]).send().await;
    let second = once().form(&[FormPart::file("again.txt", &file)]).send().await;
    assert_eq!((first.ok(), second.header("idempotency-replayed")), (second.ok(), "true"));
    let ids: Vec<Value> = listed(&app, &tenant).await.iter().map(|s| s["id"].clone()).collect();
    assert_eq!((ids.len(), &ids[1]), (2, &json!(id)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_that_can_be_read_is_refused_with_the_field_s_name() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let unknown = "file must be HTML, plain text, Markdown, PDF, DOCX, PPTX, XLSX, ODT, EPUB, CSV, TSV, JSON \
                   or JSONL, by its name or its media type";
    let long = format!("{}.txt", "a".repeat(252));
    let declared = |content_type, part| FormPart { content_type: Some(content_type), ..part };
    let text = |name| FormPart::file(name, b"One.");
    let unnamed = FormPart { file_name: None, ..text("") };
    for (form, message) in [
        (&[][..], "file is required"),
        (&[FormPart { name: "document", ..text("a.txt") }], "file is required"),
        (&[text("a.txt"), text("b.txt")], "file must be one part"),
        (&[unnamed], "file must have a file name"),
        (&[text("")], "file has a name that must not be empty"),
        (&[text(&long)], "file has a name that must have at most 255 characters"),
        (&[FormPart::file("a.txt", b"")], "file must not be empty"),
        (&[text("a.doc")], unknown),
        (&[text("a")], unknown),
        (&[declared("application/octet-stream", text("a"))], unknown),
        (&[declared("image/png", text("a.txt"))], unknown),
        (&[text("a.pdf")], "file is no PDF file, though it is called one"),
        (&[FormPart::file("a.txt", b"%PDF-1.7")], "file is no text, though it is called one"),
        (&[FormPart::file("a.md", b"PK\x03\x04\0")], "file is no text, though it is called one"),
    ] {
        let reply = app.post(PATH).bearer(&tenant.helpbot).form(form).send().await;
        refused(&reply, 400, message);
    }
    let form = |body: &str, kind: &str| {
        let request = app.post(PATH).bearer(&tenant.helpbot).header("content-type", kind);
        request.body(body).send()
    };
    let cut =
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nOne.";
    for (body, kind) in [
        ("One.", "text/plain"),
        ("--x--", "multipart/form-data"),
        ("", "multipart/form-data; boundary=x"),
        (cut, "multipart/form-data; boundary=x"),
    ] {
        let reply = form(body, kind).await;
        assert_eq!(reply.status, 400, "{kind}: {}", reply.text);
    }
    assert_eq!(listed(&app, &tenant).await, Vec::<Value>::new());
    assert!(!app.platform.files_dir().exists(), "nothing is kept of them");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_fails_its_source_with_the_reason_and_none_is_read_again() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for (name, bytes, reason) in [
        ("broken.pdf", &b"%PDF-1.4\nnothing more"[..], "the PDF file can't be understood"),
        ("blank.txt", b" \n \n", "the page has no readable text"),
        ("around.html", b"<nav><a href='/'>Home</a></nav>", "the page has no readable text"),
    ] {
        let added = upload(&app, &tenant, name, bytes).await.ok();
        let id = text(&added["source"]["id"]);
        settled(&app, &tenant, id).await;
        let row = listed(&app, &tenant).await[0].clone();
        assert_eq!((&row["status"], &row["error"]), (&json!("failed"), &json!(reason)), "{row}");
    }
    let good = uploaded(&app, &tenant, "good.txt", b"The garden closes at dusk.").await;
    let route = SiteRoute::new(&app, Method::POST, "/api/v1/sources/rescrape");
    let body = json!({ "sourceId": good });
    route.refuses(&tenant.helpbot, body, "sourceId must be a URL source").await;
    let again = format!("/api/v1/knowledge/{good}/recrawl");
    assert_eq!(app.post(&again).bearer(&tenant.secret).send().await.status, 400);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_its_site_s_own() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let id = uploaded(&app, &ada, "garden.txt", b"The garden closes at dusk.").await;
    assert_eq!(listed(&app, &bob).await, Vec::<Value>::new());
    assert_eq!(said(&app, &bob, "When does the garden close?").await, "");
    let gone = app.delete(&format!("/api/v1/sources?id={id}")).bearer(&bob.helpbot).send().await;
    refused(&gone, 404, "Source not found");
    let body = json!({ "sourceId": id });
    let again = app.post("/api/v1/sources/rescrape").bearer(&bob.helpbot).json(&body).send().await;
    refused(&again, 404, "Source not found");
    assert!(said(&app, &ada, "When does the garden close?").await.contains("at dusk"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_site_s_key_and_a_plan_with_sources() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    // The plan is asked before the body.
    route.needs_sources(&tenant.helpbot).await;
    let good = [FormPart::file("a.txt", b"One.")];
    let reply = app.post(PATH).bearer(&tenant.helpbot).form(&good).send().await;
    refused(&reply, 403, "This requires the business plan or a higher one");
    route.with(json!({})).refuses_strangers(&tenant).await;
    let unknown = format!("wk_live_{}", "0".repeat(40));
    for key in [&unknown, &tenant.secret, &tenant.conferbot] {
        let part =
            FormPart { name: "apiKey", file_name: None, content_type: None, bytes: key.as_bytes() };
        let reply = app.post(PATH).form(&[good[0], part]).send().await;
        refused(&reply, 401, "Invalid or missing API key");
        let reply = app.post(PATH).bearer(key).form(&good).send().await;
        refused(&reply, 401, "Invalid or missing API key");
    }
    let route = SiteRoute::new(&app, Method::POST, PATH);
    route.allows_only(&tenant.helpbot, &[Method::POST]).await;
    assert!(!app.platform.files_dir().exists(), "nothing is kept of them");
    app.finish().await;
}
