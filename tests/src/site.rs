//! A web site to crawl.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{Router, response::Response};
use tokio::{net::TcpListener, task::JoinHandle};

/// A site. It stops when it is dropped.
pub struct Site {
    /// Its address, without a slash at the end.
    pub url: String,
    pages: Arc<Mutex<HashMap<String, (u16, String)>>>,
    hits: Arc<Mutex<HashMap<String, u32>>>,
    server: JoinHandle<()>,
}

impl Site {
    /// A site of HTML pages, by path; everything else is 404.
    pub async fn start(pages: &[(&str, &str)]) -> Self {
        Self::with(pages, Router::new()).await
    }

    /// A site of HTML pages that also has `routes`.
    pub async fn with(pages: &[(&str, &str)], routes: Router) -> Self {
        let pages: HashMap<String, (u16, String)> =
            pages.iter().map(|(path, html)| ((*path).into(), (200, (*html).into()))).collect();
        let pages = Arc::new(Mutex::new(pages));
        let hits: Arc<Mutex<HashMap<String, u32>>> = Arc::default();
        let (shared, counted) = (pages.clone(), hits.clone());
        let routes = routes.fallback(move |uri: axum::http::Uri| {
            let (shared, counted) = (shared.clone(), counted.clone());
            async move {
                *counted.lock().expect("not poisoned").entry(uri.path().into()).or_default() += 1;
                let found = shared.lock().expect("not poisoned").get(uri.path()).cloned();
                let (status, html) = found.unwrap_or((404, "not here".into()));
                Response::builder()
                    .status(status)
                    .header("content-type", "text/html; charset=utf-8")
                    .body(axum::body::Body::from(html))
                    .expect("a response")
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("the site serves");
        });
        Self { url, pages, hits, server }
    }

    /// From now on `path` answers so.
    pub fn set(&self, path: &str, status: u16, html: &str) {
        self.pages.lock().expect("not poisoned").insert(path.into(), (status, html.into()));
    }

    /// How often `path` was asked for.
    pub fn hits(&self, path: &str) -> u32 {
        self.hits.lock().expect("not poisoned").get(path).copied().unwrap_or(0)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
