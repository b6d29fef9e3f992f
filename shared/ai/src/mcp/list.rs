//! Tools as a server lists them.

use serde_json::Value;

use super::params::{self, HeaderParam};

/// Pages of a list that are read.
pub(super) const MAX_PAGES: u32 = 20;
/// Tools of one server.
pub(super) const MAX_LISTED: usize = 128;
/// The largest tool, in bytes of its JSON.
const MAX_TOOL: usize = 64 * 1024;

/// A tool as a server lists it. All its texts are a stranger's.
#[derive(Debug, Clone, PartialEq)]
pub struct McpTool {
    /// Its name there; any text.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it does; may be empty.
    pub description: String,
    /// JSON Schema of its arguments, as the server gave it.
    pub input_schema: Value,
    /// The server says that it changes nothing.
    pub read_only: bool,
    /// The server says that running it twice does no more than running it once.
    pub idempotent: bool,
    /// The server says that it may destroy something; so it is unless it says otherwise.
    pub destructive: bool,
    /// Arguments that are sent as headers too.
    pub(super) params: Vec<HeaderParam>,
}

impl McpTool {
    /// Reads a tool of a list. The error says why it has to be left out.
    pub fn read(listed: &Value) -> Result<Self, String> {
        let Some(name) = listed["name"].as_str().filter(|name| !name.is_empty()) else {
            return Err("it has no name".to_owned());
        };
        if listed.to_string().len() > MAX_TOOL {
            return Err(format!("it is larger than {MAX_TOOL} bytes"));
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let hints = &listed["annotations"];
        let read_only = hints["readOnlyHint"] == true;
        Ok(Self {
            name: name.to_owned(),
            title: text(&listed["title"]).or_else(|| text(&hints["title"])),
            description: text(&listed["description"]).unwrap_or_default(),
            input_schema: listed["inputSchema"].clone(),
            read_only,
            idempotent: hints["idempotentHint"] == true,
            destructive: !read_only && hints["destructiveHint"] != false,
            params: Vec::new(),
        })
    }

    /// As [`McpTool::read`], with the arguments that servers of 2026-07-28 want as headers.
    pub(super) fn read_modern(listed: &Value) -> Result<Self, String> {
        let tool = Self::read(listed)?;
        let params = params::of(&tool.input_schema)?;
        Ok(Self { params, ..tool })
    }

    /// Whether a call whose answer was lost may be sent again. The server says so, and is believed: it
    /// would be its own data.
    pub fn may_repeat(&self) -> bool {
        self.read_only || self.idempotent
    }
}

/// The tools of a server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed {
    /// In the server's order.
    pub tools: Vec<McpTool>,
    /// What was left out and why.
    pub warnings: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_is_taken_for_the_worse() {
        let tool = McpTool::read(&json!({ "name": "a b.c/日本" })).unwrap();
        assert_eq!(tool.name, "a b.c/日本");
        assert!(!tool.read_only && !tool.idempotent && tool.destructive && !tool.may_repeat());
        let tool = McpTool::read(&json!({
            "name": "a",
            "annotations": { "readOnlyHint": true, "title": "A", "idempotentHint": "yes" },
        }))
        .unwrap();
        assert!(tool.read_only && !tool.idempotent && !tool.destructive && tool.may_repeat());
        assert_eq!(tool.title.as_deref(), Some("A"));
        for broken in [json!({}), json!({ "name": "" }), json!({ "name": 7 }), json!("a")] {
            assert!(McpTool::read(&broken).is_err(), "{broken}");
        }
        let huge = json!({ "name": "a", "description": "x".repeat(70_000) });
        assert!(McpTool::read(&huge).unwrap_err().contains("larger"));
    }
}
