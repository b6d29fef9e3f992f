//! ours GET /widget.js, /demo, /console, /assets/{file}

use std::collections::{BTreeSet, HashMap};

use axum::{body::Body, http::Request};
use reqwest::Method;
use runtime::Env;
use testkit::{App, Reply};
use tower::ServiceExt;

/// The files that `text` names, as a browser at `page` would ask for them.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for marker in ["\"assets/", "\"./"] {
        for rest in text.split(marker).skip(1) {
            let name = rest.split('"').next().unwrap_or_default();
            if name.ends_with(".js") || name.ends_with(".css") || name.ends_with(".svg") {
                found.insert(format!("/assets/{name}"));
            }
        }
    }
    found
}

/// The coding and the bytes of the file at `path`, as they come for who accepts `codings`.
async fn packed(app: &App, path: &str, codings: &str) -> (String, Vec<u8>, String) {
    let client = testkit::plain_http().no_gzip().build().expect("a client");
    let url = format!("{}{path}", app.platform.base_url);
    let got = client.get(url).header("accept-encoding", codings).send().await.expect("an answer");
    let header = |name: &str| {
        let value = got.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (coding, etag) = (header("content-encoding"), header("etag"));
    (coding, got.bytes().await.expect("a body").to_vec(), etag)
}

async fn get(app: &App, path: &str) -> Reply {
    let reply = app.get(path).header("accept-encoding", "identity").send().await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_a_page_names_is_there_kept_for_a_year_and_compressed() {
    let app = App::start().await;
    for page in ["/console", "/demo"] {
        let html = get(&app, page).await;
        assert!(html.header("content-type").starts_with("text/html"));
        let mut waiting: Vec<String> = named(&html.text).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let file = get(&app, &path).await;
            assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(file.header("vary"), "accept-encoding");
            waiting.extend(named(&file.text));
            for coding in ["br", "gzip"] {
                let (packed, bytes, etag) = packed(&app, &path, coding).await;
                assert_eq!(packed, coding, "{path}");
                assert!(!bytes.is_empty() && bytes != file.text.as_bytes(), "{path}");
                let again = app.get(&path).header("if-none-match", &etag);
                let again = again.send().await;
                assert_eq!((again.status, again.text.as_str()), (304, ""));
            }
        }
        assert!(!seen.is_empty(), "{page} names no file");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_allow_nothing_inline_and_are_in_no_frame() {
    let app = App::start().await;
    for page in ["/console", "/demo"] {
        let html = get(&app, page).await;
        let policy = html.header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(html.header(name), value, "{page}: {name}");
        }
        assert!(!html.text.contains("<style") && !html.text.contains(" style="), "{page}");
        for script in html.text.split("<script").skip(1) {
            assert!(script.trim_start().starts_with("src=") || script.contains(" src="), "{page}");
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_console_may_send_files_to_the_bucket() {
    let set = [("UPLOADS_BUCKET", "files-1"), ("AWS_REGION", "eu-west-1")];
    let env = Env::of(set.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let router = web::router(web::Ctx::new(&env).expect("settings"));
    for (page, allowed) in [
        ("/console", "connect-src 'self' https://files-1.s3.eu-west-1.amazonaws.com;"),
        ("/demo", "connect-src 'self';"),
    ] {
        let request = Request::get(page).body(Body::empty()).unwrap();
        let reply = router.clone().oneshot(request).await.unwrap();
        let policy = reply.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(allowed), "{page}: {policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_is_small_and_open_to_pages_of_any_site() {
    let app = App::start().await;
    let widget = get(&app, "/widget.js").await;
    assert!(widget.header("content-type").starts_with("text/javascript"));
    assert_eq!(widget.header("access-control-allow-origin"), "*");
    assert_eq!(widget.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(widget.header("cache-control"), "public, max-age=3600");
    let (coding, bytes, _) = packed(&app, "/widget.js", "br;q=0, gzip").await;
    assert_eq!(coding, "gzip");
    assert!(bytes.len() <= 20 * 1024, "{} bytes", bytes.len());
    for refused in ["gzip;q=0", "identity", "deflate"] {
        let (coding, bytes, _) = packed(&app, "/widget.js", refused).await;
        assert_eq!((coding.as_str(), bytes), ("", widget.text.clone().into_bytes()), "{refused}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_404_and_another_method_405() {
    let app = App::start().await;
    for path in ["/assets/none.js", "/assets/..%2flib.rs", "/console/none"] {
        assert_eq!(app.get(path).send().await.status, 404, "{path}");
    }
    for path in ["/widget.js", "/demo", "/console"] {
        let reply = app.request(Method::POST, path).send().await;
        assert_eq!(reply.status, 405, "{path}");
        assert_eq!(reply.header("allow"), "GET,HEAD", "{path}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_without_a_console_has_the_widget_all_the_same() {
    let app = App::start().await;
    let page = get(&app, "/console").await;
    let script =
        named(&page.text).into_iter().find(|path| path.ends_with(".js")).expect("a script");
    let env = Env::of(HashMap::from([("CONSOLE".to_owned(), "off".to_owned())]));
    let off = web::router(web::Ctx::new(&env).expect("settings"));
    for (path, status) in
        [("/console", 404), (script.as_str(), 404), ("/widget.js", 200), ("/demo", 200)]
    {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answered = ServiceExt::<Request<Body>>::oneshot(off.clone(), request).await;
        assert_eq!(answered.expect("an answer").status(), status, "{path}");
    }
    app.finish().await;
}
