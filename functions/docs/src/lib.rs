//! The documentation site, and 404 in the nearest dialect for every path that no function serves.

use axum::{
    Router,
    extract::Path,
    http::{
        Uri,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";

/// What the handlers of all functions say of themselves; a test keeps it up to date.
const OPENAPI: &str = include_str!("../openapi.json");

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../site/", $name, ".html")))),*]
    };
}

/// The page at `/docs` itself. Links in all pages are relative, since a deployed API has its
/// stage in front of the path.
const INDEX: &str = include_str!("../site/index.html");

/// Every other page by its name in the path. The list is written out so that a page that is left out
/// of it, or gone, shows at once: in the test of the site's links, or when this is compiled.
const PAGES: &[(&str, &str)] = pages![
    "access-and-keys",
    "api",
    "chat",
    "chatbots",
    "conversations",
    "deploy",
    "errors",
    "getting-started",
    "knowledge",
    "local",
    "security",
    "webhooks",
];

/// The routes of this function. It needs no context: it has nothing that is not public.
pub fn router() -> Router {
    let routes = Router::new()
        .route("/", get(|| async { Redirect::temporary("docs") }))
        .route("/docs", get(|| async { file(HTML, INDEX) }))
        .route("/docs/{page}", get(page))
        .route("/openapi.json", get(|| async { file(JSON, OPENAPI) }));
    colloquy_http::finish_public(routes, false)
}

async fn page(uri: Uri, Path(name): Path<String>) -> Response {
    match name.as_str() {
        "site.css" => return file(CSS, include_str!("../site/site.css")),
        "api.js" => return file(JS, include_str!("../site/api.js")),
        _ => {}
    }
    match PAGES.iter().find(|(page, _)| *page == name) {
        Some((_, html)) => file(HTML, html),
        None => colloquy_http::not_found(&uri, "page"),
    }
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
