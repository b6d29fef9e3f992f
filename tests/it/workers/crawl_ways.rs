//! How a crawl finds its way: landing pages, redirects of every kind, and what asks not to be read.

use axum::{
    Router,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use testkit::{App, Site};

use crate::util::{
    botplot::text,
    knowledge::{add, impatient, page, ready, said, settled},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_only_links_leads_on() {
    let list = "<h1>Guides</h1><ul><li><a href='/help/boats'>All about boats</a></ul>";
    let site = Site::start(&[
        ("/help/", list),
        ("/help/boats", &page("Boats are let by the hour.", "")),
        ("/dead/", "<ul><li><a href='/dead/end'>End</a></ul>"),
        ("/dead/end", "<ul><li><a href='/dead/'>Back</a></ul>"),
    ])
    .await;
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    ready(&app, &tenant, &format!("{}/help/", site.url)).await;
    assert!(said(&app, &tenant, "How are boats let?").await.contains("by the hour"));
    let dead = add(&app, &tenant, &format!("{}/dead/", site.url)).await;
    let dead = settled(&app, &tenant, &dead).await;
    assert_eq!(dead["source"]["status"], "failed");
    assert!(text(&dead["source"]["error"]).contains("readable text"), "{dead}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_of_every_kind_are_followed() {
    let raw = || async {
        let location = header::HeaderValue::from_bytes("/gr\u{fc}n".as_bytes()).unwrap();
        (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
    };
    let gated = |headers: HeaderMap| async move {
        let known = headers.get(header::COOKIE).is_some_and(|cookie| cookie == "seen=yes");
        match known {
            true => axum::response::Html(page("The gate is open until nine.", "")).into_response(),
            false => {
                let set = [(header::LOCATION, "/gate"), (header::SET_COOKIE, "seen=yes; Path=/")];
                (StatusCode::FOUND, set).into_response()
            }
        }
    };
    let routes = Router::new().route("/raw", get(raw)).route("/gate", get(gated));
    let stub = "<meta http-equiv=refresh content='0; url=current/'><p>Please wait.</p>";
    let site = Site::with(
        &[
            ("/gr%C3%BCn", &page("The lawn is mown on Mondays.", "")),
            ("/manual", stub),
            ("/current/", &page("The manual has nine chapters.", "")),
        ],
        routes,
    )
    .await;
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    for (path, question, answer) in [
        ("/raw", "When is the lawn mown?", "Mondays"),
        ("/gate", "Until when is the gate open?", "nine"),
        ("/manual", "How many chapters has the manual?", "nine chapters"),
    ] {
        ready(&app, &tenant, &format!("{}{path}", site.url)).await;
        assert!(said(&app, &tenant, question).await.contains(answer), "{path}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_not_to_be_indexed_or_followed_is_not() {
    let draft =
        "<meta name=robots content=noindex><p>The draft fee is 99.</p><a href='/fees'>f</a>";
    let tagged = || async {
        let tag = [(HeaderName::from_static("x-robots-tag"), "noindex")];
        (tag, axum::response::Html("<p>The old fee was 77.</p>"))
    };
    let end = "<meta name=robots content=nofollow><p>The pier is long.</p><a href='/secret'>s</a>";
    let site = Site::with(
        &[
            (
                "/",
                &page(
                    "The harbour is small.",
                    "<a href='/draft'>d</a><a href='/old'>o</a><a href='/end'>e</a>",
                ),
            ),
            ("/draft", draft),
            ("/fees", &page("The fee is 14 a night.", "")),
            ("/end", end),
            ("/secret", &page("The word is swordfish.", "")),
        ],
        Router::new().route("/old", get(tagged)),
    )
    .await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let source = settled(&app, &tenant, &id).await;
    let all = source["chunks"].to_string();
    assert!(all.contains("14 a night") && all.contains("pier is long"), "{all}");
    assert!(!all.contains("fee is 99") && !all.contains("fee was 77"), "{all}");
    assert_eq!(site.hits("/secret"), 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_foot_of_a_site_is_read_once() {
    let page = |said: &str, more: &str| {
        format!(
            "<title>Pier</title><main><h1>Pier</h1><p>{said}</p>{more}</main>\
             <footer><p>Call us: +43 732 555 0144</p></footer>"
        )
    };
    let site = Site::start(&[
        ("/", &page("The pier has lamps.", "<a href='/a'>a</a> and <a href='/b'>b</a>")),
        ("/a", &page("The kiosk sells ice.", "")),
        ("/b", &page("The boats are green.", "")),
    ])
    .await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["chunks"].to_string().matches("555 0144").count(), 1, "{source}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sitemaps_are_found_where_systems_put_them() {
    let said = [
        ("/one", page("The ferry sails at nine.", "")),
        ("/two", page("The kiosk opens at noon.", "")),
        ("/three", page("The lamp is lit at dusk.", "")),
    ];
    let list =
        |of: &str| format!("<s:urlset xmlns:s='x'><s:url><s:loc>/{of}</s:loc></s:url></s:urlset>");
    let (one, two, three) = (list("one"), list("two"), list("three"));
    let start = page("All about the pier.", "");
    let named = format!("<link rel=sitemap href=/maps/pages.xml>{start}");
    let index = "<SITEMAPINDEX><SITEMAP><LOC>/posts.xml</LOC></SITEMAP></SITEMAPINDEX>";
    let plugin: &[(&str, &str)] =
        &[("/", &start), ("/one", &said[0].1), ("/sitemap_index.xml", index), ("/posts.xml", &one)];
    let system: &[(&str, &str)] = &[("/", &start), ("/two", &said[1].1), ("/wp-sitemap.xml", &two)];
    let head: &[(&str, &str)] =
        &[("/", &named), ("/three", &said[2].1), ("/maps/pages.xml", &three)];
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for (pages, needle) in [(plugin, "sails at nine"), (system, "opens at noon"), (head, "at dusk")]
    {
        let site = Site::start(pages).await;
        let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
        let source = settled(&app, &tenant, &id).await;
        assert!(source["chunks"].to_string().contains(needle), "{needle}: {source}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_be_sent_on_by_a_field_or_by_a_script() {
    let field = || async {
        let refresh = [(HeaderName::from_static("refresh"), "0; url=/arrived")];
        (refresh, axum::response::Html(""))
    };
    let script = "<script>window.location.replace('arrived')</script><p>Redirecting</p>";
    let site = Site::with(
        &[("/script", script), ("/arrived", &page("The weir is open in May.", ""))],
        Router::new().route("/field", get(field)),
    )
    .await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for path in ["/field", "/script"] {
        let id = ready(&app, &tenant, &format!("{}{path}", site.url)).await;
        let source = settled(&app, &tenant, &id).await;
        let all = source["chunks"].to_string();
        assert!(all.contains("open in May") && !all.contains("Redirecting"), "{path}: {all}");
    }
    app.finish().await;
}
