//! botplot POST /api/v1/knowledge/url

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::Redirect,
    routing::get,
};
use futures::stream;
use testkit::{App, Site};

use crate::util::{
    botplot::{keys, text},
    knowledge::{add, impatient, page, ready, said, settled},
};

#[tokio::test(flavor = "multi_thread")]
async fn links_are_followed_on_the_same_site_below_the_path_only() {
    let other = Site::start(&[("/docs/far", &page("Far away there are dragons.", ""))]).await;
    let links = format!(
        "<a href='/docs/a'>a</a> <a href='b#top'>b</a> <a href='/about'>about</a> \
         <a href='/docsets'>sets</a> <a href='{}/docs/far'>far</a> <a href='/docs/x.png'>x</a> \
         <a href='mailto:a@example.com'>mail</a> <a rel='nofollow' href='/docs/no'>no</a>",
        other.url
    );
    let site = Site::start(&[
        ("/docs/", &page("The handbook has several chapters.", &links)),
        (
            "/docs/a",
            &page("The museum opens at ten.", "<a href='/docs/'>up</a> <a href='c/d'>d</a>"),
        ),
        ("/docs/b", &page("The garden closes at dusk.", "<a href='/docs/a'>again</a>")),
        ("/docs/c/d", &page("The library lends umbrellas.", "")),
        ("/docs/no", &page("Nobody follows me.", "")),
        ("/about", &page("The founder was called Zebedee.", "")),
        ("/docsets", &page("Docsets are something else.", "")),
    ])
    .await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    ready(&app, &tenant, &format!("{}/docs/", site.url)).await;
    app.drain().await;
    for (path, hits) in [
        ("/docs/", 1),
        ("/docs/a", 1),
        ("/docs/b", 1),
        ("/docs/c/d", 1),
        ("/docs/no", 0),
        ("/docs/x.png", 0),
        ("/about", 0),
        ("/docsets", 0),
    ] {
        assert_eq!(site.hits(path), hits, "{path}");
    }
    assert_eq!(other.hits("/docs/far"), 0);
    assert!(said(&app, &tenant, "When does the garden close?").await.contains("at dusk"));
    assert!(said(&app, &tenant, "What does the library lend?").await.contains("umbrellas"));
    assert_eq!(said(&app, &tenant, "What was the founder called?").await, "");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_read_says_why() {
    let endless = || {
        let piece = Bytes::from(vec![b'a'; 64 * 1024]);
        let body = stream::repeat_with(move || Ok::<_, Infallible>(piece.clone()));
        async { ([(CONTENT_TYPE, "text/html")], Body::from_stream(body)) }
    };
    let to = |target: &'static str| get(move || async move { Redirect::temporary(target) });
    let routes = Router::new()
        .route("/image", get(|| async { ([(CONTENT_TYPE, "image/png")], "PNG") }))
        .route("/json", get(|| async { ([(CONTENT_TYPE, "application/json")], "{}") }))
        .route("/loop", to("/loop"))
        .route("/ping", to("/pong"))
        .route("/pong", to("/ping"))
        .route("/metadata", to("http://169.254.169.254/latest"))
        .route("/private", to("http://10.0.0.1/"))
        .route("/file", to("file:///etc/passwd"))
        .route("/login", to("http://ada:secret@127.0.0.1/"))
        .route("/endless", get(endless));
    let site = Site::with(&[("/empty", ""), ("/bare", "<html><body></body></html>")], routes).await;
    site.set("/broken", 500, "it broke");
    site.set("/busy", 503, "later");
    site.set("/secret", 403, "no");
    site.set("/gone", 410, "gone");
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let cases = [
        ("/image", "image/png"),
        ("/json", "application/json"),
        ("/loop", "redirect"),
        ("/ping", "redirect"),
        ("/metadata", "169.254.169.254"),
        ("/private", "10.0.0.1"),
        ("/file", "file"),
        ("/login", "credentials"),
        ("/endless", "larger than 5242880 bytes"),
        ("/empty", "no readable text"),
        ("/bare", "no readable text"),
        ("/broken", "500"),
        ("/busy", "503"),
        ("/secret", "403"),
        ("/gone", "410"),
        ("/nowhere", "404"),
    ];
    let mut ids = Vec::new();
    for (path, _) in cases {
        ids.push(add(&app, &tenant, &format!("{}{path}", site.url)).await);
    }
    for ((path, reason), id) in cases.into_iter().zip(&ids) {
        let source = settled(&app, &tenant, id).await;
        assert_eq!(source["source"]["status"], "failed", "{path}");
        let error = text(&source["source"]["error"]);
        assert!(error.contains(reason), "{path}: {error}");
        assert!(!error.contains("secret"), "{path}: {error}");
        assert_eq!(source["chunks"], serde_json::json!([]), "{path}");
        assert_eq!(keys(&source), ["chunks", "source"]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_txt_is_obeyed() {
    let robots = "User-agent: *\nDisallow: /private\n";
    let routes = Router::new().route("/robots.txt", get(move || async move { robots }));
    let said_so = page("The museum opens at ten.", "<a href='/private/a'>a</a>");
    let hidden = page("The founder was called Zebedee.", "");
    let pages = [("/", said_so.as_str()), ("/private/a", &hidden), ("/private", &hidden)];
    let site = Site::with(&pages, routes).await;
    let closed = Site::start(&[("/", &said_so)]).await;
    closed.set("/robots.txt", 503, "later");
    let app = impatient().await;
    let tenant = app.tenant("ada").await;

    let refused = add(&app, &tenant, &format!("{}/private", site.url)).await;
    let refused = settled(&app, &tenant, &refused).await;
    assert_eq!(refused["source"]["status"], "failed");
    assert!(text(&refused["source"]["error"]).contains("robots.txt"), "{refused}");

    ready(&app, &tenant, &format!("{}/", site.url)).await;
    app.drain().await;
    assert_eq!((site.hits("/private"), site.hits("/private/a")), (0, 0));
    assert!(said(&app, &tenant, "When does the museum open?").await.contains("at ten"));
    assert_eq!(said(&app, &tenant, "What was the founder called?").await, "");

    // A robots.txt that can't be had says no, by RFC 9309.
    let refused = add(&app, &tenant, &format!("{}/", closed.url)).await;
    let refused = settled(&app, &tenant, &refused).await;
    assert_eq!(refused["source"]["status"], "failed");
    assert!(text(&refused["source"]["error"]).contains("robots.txt"), "{refused}");
    assert_eq!(closed.hits("/"), 0);
    app.finish().await;
}
