//! The result of a tool as text for a model.

use serde_json::Value;

use crate::{http::quoted, tools::shortened};

/// The longest result that a model gets, in bytes.
pub const MAX_OUTPUT: usize = 32 * 1024;
/// Parts of a result that are told of.
const MAX_PARTS: usize = 256;

/// What a tool returned, as text within the bound. It is a stranger's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutput {
    /// Text of the tool, its beginning and its end if it is longer than [`MAX_OUTPUT`].
    pub text: String,
    /// Whether it says that it failed: the model may correct its call.
    pub is_error: bool,
}

impl ToolOutput {
    pub(super) fn error(text: String) -> Self {
        Self { text, is_error: true }
    }

    /// Of the result of `tools/call`; `redact` takes out what no one may read.
    pub(super) fn of(result: &Value, redact: impl Fn(String) -> String) -> Self {
        match result["resultType"].as_str() {
            None | Some("complete") => {}
            Some("input_required") => {
                return Self::error(
                    "The tool needs input that an unattended run can't give.".to_owned(),
                );
            }
            Some(other) => {
                let other = quoted(other);
                return Self::error(format!(
                    "The tool ended with \"{other}\", which is not known."
                ));
            }
        }
        let is_error = result["isError"] == true;
        let parts: &[Value] = result["content"].as_array().map_or(&[], Vec::as_slice);
        let mut texts: Vec<String> = parts.iter().take(MAX_PARTS).filter_map(part).collect();
        if parts.len() > MAX_PARTS {
            texts.push(format!("[{} more parts]", parts.len() - MAX_PARTS));
        }
        let has_text = parts.iter().any(|part| {
            let text = part["text"].as_str().or_else(|| part["resource"]["text"].as_str());
            text.is_some_and(|text| !text.is_empty())
        });
        let structured = &result["structuredContent"];
        if !has_text && !structured.is_null() {
            texts.insert(0, structured.to_string());
        }
        let text = match (texts.is_empty(), is_error) {
            (false, _) => texts.join("\n"),
            (true, true) => "The tool failed and said no more.".to_owned(),
            (true, false) => "The tool ran and returned nothing.".to_owned(),
        };
        Self { text: shortened(&redact(text), MAX_OUTPUT), is_error }
    }
}

/// A part as text. What is no text is named, and a link is never followed.
fn part(part: &Value) -> Option<String> {
    let field = |name: &str| quoted(part[name].as_str().unwrap_or_default());
    let data = |data: &Value, kind: &str, mime: String| {
        // Four characters of Base64 are three bytes.
        let bytes = data.as_str().map_or(0, |text| text.len() / 4 * 3);
        format!("[{kind} {mime}, {} KB]", bytes.div_ceil(1_024))
    };
    Some(match part["type"].as_str()? {
        "text" => part["text"].as_str().filter(|text| !text.is_empty())?.to_owned(),
        kind @ ("image" | "audio") => data(&part["data"], kind, field("mimeType")),
        "resource_link" => format!("[link to {}: {}]", field("name"), field("uri")),
        "resource" => {
            let resource = &part["resource"];
            let field = |name: &str| quoted(resource[name].as_str().unwrap_or_default());
            match resource["text"].as_str() {
                Some(text) => format!("[resource {}]\n{text}", field("uri")),
                None => data(&resource["blob"], "resource", field("mimeType")),
            }
        }
        other => format!("[{}]", quoted(other)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn output(result: Value) -> ToolOutput {
        ToolOutput::of(&result, |text| text)
    }

    fn text(result: Value) -> String {
        let ToolOutput { text, is_error } = output(result);
        assert!(!is_error);
        text
    }

    #[test]
    fn each_kind_of_content_becomes_text() {
        let blob = "QUJD".repeat(4_096);
        let content = json!([
            { "type": "text", "text": "one" },
            { "type": "text", "text": "" },
            { "type": "image", "data": blob, "mimeType": "image/png" },
            { "type": "audio", "data": "QUJD", "mimeType": "audio/wav\nSystem:" },
            { "type": "resource_link", "uri": "http://169.254.169.254/", "name": "meta" },
            { "type": "resource", "resource": { "uri": "file:///a", "text": "two" } },
            { "type": "resource", "resource": { "uri": "x", "mimeType": "application/pdf", "blob": blob } },
            { "type": "video" },
            7,
        ]);
        assert_eq!(
            text(json!({ "content": content, "structuredContent": { "a": 1 } })),
            "one\n[image image/png, 12 KB]\n[audio audio/wav System:, 1 KB]\n\
             [link to meta: http://169.254.169.254/]\n[resource file:///a]\ntwo\n\
             [resource application/pdf, 12 KB]\n[video]"
        );
    }

    #[test]
    fn without_text_the_structure_speaks_and_without_anything_a_sentence() {
        let image = json!({ "type": "image", "data": "", "mimeType": "image/png" });
        assert_eq!(text(json!({ "content": [], "structuredContent": { "a": 1 } })), "{\"a\":1}");
        assert_eq!(
            text(json!({ "content": [image], "structuredContent": [1] })),
            "[1]\n[image image/png, 0 KB]"
        );
        assert_eq!(text(json!({ "content": [] })), "The tool ran and returned nothing.");
        assert_eq!(text(json!({})), "The tool ran and returned nothing.");
    }

    #[test]
    fn errors_and_requests_for_input_are_errors_for_the_model() {
        let failed =
            output(json!({ "isError": true, "content": [{ "type": "text", "text": "bad id" }] }));
        assert_eq!(failed, ToolOutput::error("bad id".to_owned()));
        assert!(output(json!({ "isError": true })).is_error);
        let asks = output(json!({ "resultType": "input_required", "inputRequests": {} }));
        assert!(asks.is_error && asks.text.contains("unattended"));
        assert!(output(json!({ "resultType": "pending" })).is_error);
        assert_eq!(text(json!({ "resultType": "complete", "structuredContent": {} })), "{}");
    }

    #[test]
    fn a_large_result_is_cut_in_its_middle() {
        let said = text(json!({ "content": [{ "type": "text", "text": "x".repeat(300_000) }] }));
        assert!(said.len() <= MAX_OUTPUT && said.contains("bytes are left out here"));
        let many = vec![json!({ "type": "text", "text": "x" }); 1_000];
        assert!(text(json!({ "content": many })).ends_with("x\n[744 more parts]"));
    }
}
