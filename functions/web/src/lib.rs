//! The widget's script, its demo page and the console: static files that `build.rs` has named by their
//! hashes and compressed. There is nothing here that isn't public: whatever the console shows comes from
//! the API, by the session of whoever looks.

mod headers;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::Result;
use runtime::{Env, config::WebConfig};

/// A file as `build.rs` prepared it.
struct File {
    path: &'static str,
    media_type: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// What the console may do; `None` where the deployment has none.
    console: Option<HeaderValue>,
}

impl Ctx {
    /// From settings.
    ///
    /// # Errors
    ///
    /// If `CONSOLE` is neither `on` nor `off`.
    pub fn new(env: &Env) -> Result<Self> {
        let WebConfig { console, uploads } = WebConfig::read(env)?;
        let policy = headers::console_policy(uploads.as_deref())?;
        Ok(Self { console: console.then_some(policy) })
    }
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let routes = Router::new()
        .route("/widget.js", get(widget))
        .route("/demo", get(demo))
        .route("/console", get(console))
        .route("/assets/{file}", get(asset))
        .with_state(ctx);
    colloquy_http::finish_public(routes, false)
}

async fn widget(uri: Uri, headers: HeaderMap) -> Response {
    let mut response = file(&uri, &headers, "public, max-age=3600");
    headers::open(response.headers_mut());
    response
}

async fn demo(uri: Uri, headers: HeaderMap) -> Response {
    let mut response = file(&uri, &headers, "no-cache");
    headers::demo(response.headers_mut());
    response
}

async fn console(State(ctx): State<Ctx>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(policy) = ctx.console else {
        return colloquy_http::not_found(&uri, "page");
    };
    let mut response = file(&uri, &headers, "no-cache");
    headers::console(response.headers_mut(), policy);
    response
}

async fn asset(
    State(ctx): State<Ctx>,
    uri: Uri,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    if name.starts_with("console-") && ctx.console.is_none() {
        return colloquy_http::not_found(&uri, "file");
    }
    file(&uri, &headers, "public, max-age=31536000, immutable")
}

/// The file at the path of `uri`, in the smallest form that the client takes.
fn file(uri: &Uri, asked: &HeaderMap, caching: &'static str) -> Response {
    let Some(file) = FILES.iter().find(|file| file.path == uri.path()) else {
        return colloquy_http::not_found(uri, "file");
    };
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tags| names(tags, file.etag));
    let (coding, bytes) = match accepted(asked) {
        _ if known => (None, &[][..]),
        Coding::Brotli => (Some("br"), file.brotli),
        Coding::Gzip => (Some("gzip"), file.gzip),
        Coding::None => (None, file.plain),
    };
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, file.media_type)], Body::from(bytes)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::ETAG, HeaderValue::from_static(file.etag));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    headers::every(headers);
    response
}

fn names(tags: &HeaderValue, etag: &str) -> bool {
    let tags = tags.to_str().unwrap_or_default();
    tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

enum Coding {
    Brotli,
    Gzip,
    None,
}

/// The best coding that `Accept-Encoding` names without forbidding it.
fn accepted(headers: &HeaderMap) -> Coding {
    let listed = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    let takes = |wanted: &str| {
        listed.unwrap_or_default().split(',').any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let forbidden = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case(wanted) && !forbidden
        })
    };
    match (takes("br"), takes("gzip")) {
        (true, _) => Coding::Brotli,
        (false, true) => Coding::Gzip,
        (false, false) => Coding::None,
    }
}
