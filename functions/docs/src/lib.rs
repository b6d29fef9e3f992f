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

/// Every page by its name, as `build.rs` rendered it from `site/`. Links in all pages are relative,
/// since a deployed API has its stage in front of the path.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page at `/docs` itself.
const INDEX: &str = "index";

/// The routes of this function. It needs no context: it has nothing that is not public.
pub fn router() -> Router {
    let routes = Router::new()
        .route("/", get(|| async { Redirect::temporary("docs") }))
        .route("/docs", get(|uri: Uri| async move { page_named(&uri, INDEX) }))
        .route("/docs/{page}", get(page))
        .route("/openapi.json", get(|| async { file(JSON, OPENAPI) }));
    // So that a page of another site can read a 404, and a redirect to the path without its slash.
    colloquy_http::open_to_browsers(colloquy_http::finish_public(routes, false))
}

async fn page(uri: Uri, Path(name): Path<String>) -> Response {
    match name.as_str() {
        "site.css" => file(CSS, include_str!("../site/site.css")),
        "api.js" => file(JS, include_str!("../site/api.js")),
        // It has one address, which is /docs.
        INDEX => colloquy_http::not_found(&uri, "page"),
        name => page_named(&uri, name),
    }
}

fn page_named(uri: &Uri, name: &str) -> Response {
    let found = PAGES.iter().find(|(page, _)| *page == name);
    let absent = || colloquy_http::not_found(uri, "page");
    found.map_or_else(absent, |(_, html)| file(HTML, html))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
