//! botplot POST /api/v1/knowledge/url

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::header::CONTENT_TYPE, response::Html, routing::get};
use flate2::{Compression, write::GzEncoder};
use testkit::{App, Site};

use crate::util::{
    botplot::text,
    knowledge::{add, impatient, page, pages, pdf, ready, said, settled, three_pages},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_of_a_host_are_read_at_a_time() {
    let names: Vec<String> = (0..8).map(|n| format!("/p{n}")).collect();
    let links: String = names.iter().map(|name| format!("<a href='{name}'>{name}</a> ")).collect();
    let site = Site::start(&[("/", &page("The museum opens at ten.", &links))]).await;
    for (n, name) in names.iter().enumerate() {
        site.set(name, 200, &page(&format!("Room {n} shows boat number {n}."), ""));
    }
    site.slow(Duration::from_millis(150));
    let app = App::start().await;
    // Two tenants at once ask no more of it than one.
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let url = format!("{}/", site.url);
    let (first, second) = (add(&app, &ada, &url).await, add(&app, &bob, &url).await);
    for (tenant, id) in [(&ada, &first), (&bob, &second)] {
        assert_eq!(settled(&app, tenant, id).await["source"]["status"], "ready");
        assert_eq!(pages(&app, tenant, id).await.len(), 9);
    }
    assert_eq!(site.most_at_once(), 2, "at work, and within the bound");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_wants_time_between_pages_gets_them_one_by_one() {
    let site = three_pages().await;
    site.file("/robots.txt", "text/plain", b"User-agent: *\nCrawl-delay: 1\n");
    site.slow(Duration::from_millis(100));
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    ready(&app, &tenant, &format!("{}/", site.url)).await;
    assert_eq!(site.most_at_once(), 1);
    assert!(said(&app, &tenant, "What does the library lend?").await.contains("umbrellas"));

    // One that wants more than the crawl has time for is read as far as that goes.
    let patient = Site::start(&[
        ("/", &page("The harbour has eleven boats.", "<a href='/a'>a</a>")),
        ("/a", &page("The garden closes at dusk.", "")),
    ])
    .await;
    patient.file("/robots.txt", "text/plain", b"User-agent: *\nCrawl-delay: 40000\n");
    let id = ready(&app, &tenant, &format!("{}/", patient.url)).await;
    let listed = pages(&app, &tenant, &id).await;
    assert!(text(&listed[1]["reason"]).contains("40000 seconds between two pages"), "{listed:?}");
    assert_eq!(patient.hits("/a"), 0);
    assert!(said(&app, &tenant, "How many boats has the harbour?").await.contains("eleven"));
    app.finish().await;
}

fn sitemap(site: &Site, pages: &[&str]) -> String {
    let urls: String =
        pages.iter().map(|page| format!("<url><loc>{}{page}</loc></url>", site.url)).collect();
    format!(
        "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
         {urls}</urlset>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sitemaps_name_pages_that_nothing_links_to() {
    let site = Site::start(&[
        ("/docs/", &page("The museum opens at ten.", "")),
        ("/docs/a", &page("The garden closes at dusk.", "")),
        ("/docs/b", &page("The library lends umbrellas.", "")),
        ("/docs/c", &page("The harbour has eleven boats.", "")),
        ("/elsewhere", &page("The founder was called Zebedee.", "")),
        ("/docs/private", &page("The safe is behind the mirror.", "")),
    ])
    .await;
    let index = format!(
        "<sitemapindex><sitemap><loc>{0}/one.xml</loc></sitemap>\
         <sitemap><loc>{0}/two.xml.gz</loc></sitemap><sitemap><loc>{0}/index.xml</loc></sitemap>\
         <sitemap><loc>{0}/missing.xml</loc></sitemap></sitemapindex>",
        site.url
    );
    let robots = format!(
        "User-agent: *\nDisallow: /docs/private\n\nSitemap: {0}/index.xml\nSitemap: /more.xml\n",
        site.url
    );
    let one = sitemap(&site, &["/docs/a", "/elsewhere", "/docs/private", "/docs/"]);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(sitemap(&site, &["/docs/b"]).as_bytes()).unwrap();
    site.file("/robots.txt", "text/plain", robots.as_bytes());
    site.file("/index.xml", "application/xml", index.as_bytes());
    site.file("/one.xml", "application/xml", one.as_bytes());
    site.file("/two.xml.gz", "application/gzip", &packed.finish().unwrap());
    site.file("/more.xml", "text/xml", sitemap(&site, &["/docs/c"]).as_bytes());
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/docs/", site.url)).await;
    let listed: Vec<String> = pages(&app, &tenant, &id)
        .await
        .iter()
        .map(|page| text(&page["url"]).replace(&site.url, ""))
        .collect();
    assert_eq!(listed, ["/docs/", "/docs/a", "/docs/b", "/docs/c"]);
    assert_eq!((site.hits("/elsewhere"), site.hits("/docs/private")), (0, 0));
    assert_eq!((site.hits("/robots.txt"), site.hits("/index.xml")), (1, 1));
    assert!(said(&app, &tenant, "How many boats has the harbour?").await.contains("eleven"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_read_whatever_its_characters_its_size_and_its_faults() {
    let large = || async { ([(CONTENT_TYPE, "text/html")], vec![b'a'; 50 * 1024 * 1024]) };
    let asked = Arc::new(AtomicU32::new(0));
    let hangs_once = move || {
        let asked = asked.clone();
        async move {
            if asked.fetch_add(1, Ordering::SeqCst) == 0 {
                std::future::pending::<()>().await;
            }
            Html(page("The tower has a hundred steps.", ""))
        }
    };
    let routes = Router::new().route("/large", get(large)).route("/hangs", get(hangs_once));
    let links = "<a href='/latin'>l</a> <a href='/broken'>b</a> <a href='/large'>L</a> \
                 <a href='/tour.pdf'>t</a> <a href='/notes'>n</a> <a href='/away'>a</a> <a href='/hangs'>h</a>";
    let other = Site::start(&[("/", &page("The founder was called Zebedee.", ""))]).await;
    let away = axum::response::Redirect::temporary(&format!("{}/", other.url));
    let routes = routes.route("/away", get(move || async move { away.clone() }));
    let site = Site::with(&[("/", &page("The museum opens at ten.", links))], routes).await;
    let latin = page("Das Caf\u{e9} schlie\u{df}t um sechs.", "");
    let latin: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    site.file("/latin", "text/html; charset=iso-8859-1", &latin);
    site.file(
        "/broken",
        "text/html",
        b"<main><h1>Boats</h1><p>The harbour has <b>eleven boats.<table><td",
    );
    site.file("/notes", "text/markdown", b"# Garden\n\nThe garden closes at dusk.\n");
    site.file("/tour.pdf", "application/pdf", &pdf("The guided tour begins at the fountain."));
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let listed = pages(&app, &tenant, &id).await;
    let reason = |path: &str| {
        let url = format!("{}{path}", site.url);
        let found = listed.iter().find(|page| page["url"] == url.as_str());
        found.and_then(|page| page["reason"].as_str()).unwrap_or_default().to_owned()
    };
    assert!(reason("/large").contains("larger than 5242880 bytes"), "{}", reason("/large"));
    assert!(reason("/away").contains("not part of the source"), "{}", reason("/away"));
    for path in ["/latin", "/broken", "/notes", "/tour.pdf", "/hangs"] {
        assert_eq!(reason(path), "", "{path}");
    }
    assert_eq!(other.hits("/"), 0);
    assert!(said(&app, &tenant, "How many steps has the tower?").await.contains("a hundred"));
    assert!(said(&app, &tenant, "Wann schließt das Café?").await.contains("schließt um sechs"));
    assert!(said(&app, &tenant, "How many boats has the harbour?").await.contains("eleven"));
    assert!(said(&app, &tenant, "When does the garden close?").await.contains("at dusk"));
    let tour = said(&app, &tenant, "Where does the guided tour begin?").await;
    assert!(tour.contains("at the fountain"), "{tour}");
    app.finish().await;
}
