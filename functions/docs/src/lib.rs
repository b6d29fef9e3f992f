//! The documentation site, and 404 in the nearest dialect for every path that nobody serves.

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
use domain::Error;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../site/", $name, ".html")))),*]
    };
}

/// Every page by its name in the path. The list is spelt out so that a page that is left out of
/// it, or gone, shows at once: in the test, or when this is compiled.
pub const PAGES: &[(&str, &str)] = pages![
    "access-and-keys",
    "chat",
    "chatbots",
    "conversations",
    "deploy",
    "errors",
    "getting-started",
    "index",
    "knowledge",
    "local",
    "security",
    "webhooks",
];

/// The routes of this function. It needs no context: it has nothing that is not public.
pub fn router() -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/docs") }))
        .route("/docs", get(|| page(Path("index".to_owned()))))
        .route("/docs/{page}", get(page))
        .fallback(no_such_path)
}

async fn page(Path(name): Path<String>) -> Response {
    if name == "site.css" {
        return file(CSS, include_str!("../site/site.css"));
    }
    match PAGES.iter().find(|(page, _)| *page == name) {
        Some((_, html)) => file(HTML, html),
        None => no_such_path(Uri::from_static("/docs")).await,
    }
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}

async fn no_such_path(uri: Uri) -> Response {
    let dialect = dialects::of_path(uri.path());
    colloquy_http::render(dialect, &Error::not_found("path"))
}
