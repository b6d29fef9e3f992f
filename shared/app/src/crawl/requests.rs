//! Crawls that are requested from outside, by a message on the crawl queue. Whoever may send there
//! is trusted by the queue's policy; what the message says is checked all the same. Its schema is
//! `docs/crawl-request.schema.json`.

use domain::{ChatbotId, Error, ErrorKind, Result, WorkspaceId, bounds};
use outbound::Policy;
use serde::Deserialize;

use crate::{
    App,
    crawl::{batch::CrawlBatch, copy::CopyKnowledge, job::CrawlPage},
    knowledge::sources::NewUrlSource,
    work_queue,
};

/// The version of such a message.
const VERSION: u8 = 1;
/// The `type` of such a message.
pub const CRAWL_REQUEST: &str = "crawl.request";

/// A message on the crawl queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrawlMessage {
    /// Our own: crawl one page.
    Page(CrawlPage),
    /// Our own: crawl several pages of a host.
    Batch(CrawlBatch),
    /// Our own: fill a copy of a chatbot.
    Copy(CopyKnowledge),
    /// From outside: begin a crawl.
    Request(CrawlRequest),
}

/// Begin a crawl of a URL.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrawlRequest {
    v: u8,
    workspace_id: String,
    chatbot_id: String,
    url: String,
    sync_frequency: Option<String>,
}

impl CrawlMessage {
    /// Reads a message; the error says what is wrong with it.
    pub fn read(body: &str) -> Result<Self> {
        let wrong = |error: serde_json::Error| Error::new(ErrorKind::Malformed, error.to_string());
        let value: serde_json::Value = serde_json::from_str(body).map_err(wrong)?;
        if !value.is_object() {
            return Err(Error::new(ErrorKind::Malformed, "the message must be a JSON object"));
        }
        match value.get("type").and_then(|kind| kind.as_str()) {
            None if value.get("copy").is_some() => work_queue::decode(body).map(Self::Copy),
            None if value.get("urls").is_some() => work_queue::decode(body).map(Self::Batch),
            None => work_queue::decode(body).map(Self::Page),
            Some(CRAWL_REQUEST) => serde_json::from_value(value).map(Self::Request).map_err(wrong),
            Some(other) => {
                Err(Error::field("type", format!("is {other:?}, not {CRAWL_REQUEST:?}")))
            }
        }
    }
}

impl App {
    /// Begins the requested crawl: of a new source, or again of the source that the
    /// chatbot has for the URL. The same request twice begins one crawl, or one after the other.
    pub async fn begin_requested_crawl(&self, asked: &CrawlRequest, policy: Policy) -> Result<()> {
        let CrawlRequest { v, workspace_id, chatbot_id, url, sync_frequency } = asked;
        if *v != VERSION {
            return Err(Error::field("v", format!("must be {VERSION}")));
        }
        let workspace: WorkspaceId =
            bounds::required("workspaceId", Some(workspace_id.as_str()))?.parse()?;
        let chatbot: ChatbotId =
            bounds::required("chatbotId", Some(chatbot_id.as_str()))?.parse()?;
        let new = NewUrlSource::new(Some(url), sync_frequency.as_deref(), policy)?;
        let source = self.add_url(workspace, chatbot, new).await?;
        // One that has just been added is being crawled already.
        self.begin_crawl(&source, None).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = include_str!("../../../../docs/crawl-request.schema.json");

    #[test]
    fn the_schema_s_example_is_read_and_what_it_requires_is_required() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let example = &schema["examples"][0];
        let read = CrawlMessage::read(&example.to_string()).unwrap();
        let CrawlMessage::Request(request) = read else { panic!("{read:?}") };
        assert_eq!(request.url, example["url"]);
        let known: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let mut named: Vec<&String> = example.as_object().unwrap().keys().collect();
        named.sort();
        assert_eq!(known, named, "the example shows every property");
        for required in schema["required"].as_array().unwrap() {
            let mut less = example.clone();
            less.as_object_mut().unwrap().remove(required.as_str().unwrap());
            let read = CrawlMessage::read(&less.to_string());
            assert!(!matches!(read, Ok(CrawlMessage::Request(_))), "without {required}");
        }
        for broken in
            ["", "{", "[]", "{\"type\":\"other\"}", "{\"type\":\"crawl.request\",\"v\":1}"]
        {
            assert!(CrawlMessage::read(broken).is_err(), "{broken}");
        }
    }
}
