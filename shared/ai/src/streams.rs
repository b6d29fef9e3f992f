//! Tests of all wires that stream: what a stream comes to, however its bytes are split.

use bytes::Bytes;
use futures::{StreamExt, stream};
use outbound::OutboundError;

use crate::{
    AnswerError, AnswerEvent, Finish, Rules, ToolCall, Usage,
    anthropic::AnthropicWire,
    bedrock::BedrockWire,
    http::{Decoder, Reading, Wire},
    markers,
    openai::OpenAiWire,
};

mod cases;

type Said = (String, Vec<ToolCall>, Result<(Finish, Usage, bool), AnswerError>);

/// What a body comes to that arrives in pieces of `size` bytes.
async fn read(wire: impl Wire, body: &[u8], size: usize) -> Said {
    decoded(Decoder::sse(), wire, body, size).await
}

async fn decoded(decoder: Decoder, wire: impl Wire, body: &[u8], size: usize) -> Said {
    let pieces: Vec<Result<Bytes, OutboundError>> =
        body.chunks(size.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let events = Reading::of(stream::iter(pieces), decoder, wire).events();
    let mut events = markers::filtered(Rules::PassagesOnly, events);
    let (mut text, mut calls, mut refused) = (String::new(), Vec::new(), false);
    while let Some(event) = events.next().await {
        match event {
            Ok(AnswerEvent::Delta(piece)) => text.push_str(&piece),
            Ok(AnswerEvent::ToolCall(call)) => calls.push(call),
            Ok(AnswerEvent::Cited(_)) => {}
            Ok(AnswerEvent::Refused) => refused = true,
            Ok(AnswerEvent::Done { usage, finish }) => {
                assert!(events.next().await.is_none(), "nothing comes after the end");
                return (text, calls, Ok((finish, usage, refused)));
            }
            Err(error) => {
                assert!(events.next().await.is_none(), "nothing comes after an error");
                return (text, calls, Err(error));
            }
        }
    }
    panic!("a stream ended without an end");
}

/// The same for every split; the result.
async fn same<W: Wire>(wire: impl Fn() -> W, body: &str) -> Said {
    let expected = read(wire(), body.as_bytes(), body.len()).await;
    for size in 1..=body.len().min(70) {
        assert_eq!(read(wire(), body.as_bytes(), size).await, expected, "by {size}: {body}");
    }
    expected
}

fn openai() -> OpenAiWire {
    OpenAiWire::new("https://api.example.com/v1".parse().unwrap())
}

fn said(body: &str) -> impl Future<Output = Said> {
    same(openai, body)
}

fn text(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

const STOP: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const USAGE: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn is_answer(said: &Said, expected: &str) {
    assert_eq!(said.0, expected);
    assert!(matches!(said.2, Ok((Finish::Stop, _, false))), "{said:?}");
}

#[tokio::test]
async fn a_plain_stream_of_openai() {
    let body = [&text("Grüße, "), &text("日本 🙂"), STOP, USAGE, DONE].concat();
    let (text, calls, end) = said(&body).await;
    assert_eq!(text, "Grüße, 日本 🙂");
    assert!(calls.is_empty());
    let usage = Usage { input_tokens: 7, output_tokens: 2 };
    assert_eq!(end, Ok((Finish::Stop, usage, false)));
}

#[tokio::test]
async fn line_ends_comments_fields_and_a_byte_order_mark_change_nothing() {
    let plain = [&text("a"), STOP, DONE].concat();
    for body in [
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        plain.replace("data: ", "data:"),
        format!("\u{feff}{plain}"),
        format!(": OPENROUTER PROCESSING\n\n:\n\n{plain}"),
        plain.replace("data: ", "id: 1\nretry: 5\nfoo\nevent: message\ndata: "),
        // The proxy has cut the last blank line.
        plain.trim_end().to_owned(),
        plain.replace("[DONE]", "  [DONE]  "),
        // `[DONE]` is missing.
        [&text("a"), STOP].concat(),
        // Bytes after the end.
        format!("{plain}data: {{\"choices\":[]}}\n\ndata: [DONE]\n\nrubbish"),
        // One event in several lines.
        plain.replace("{\"choices\"", "\ndata: {\"choices\""),
    ] {
        is_answer(&said(&body).await, "a");
    }
}

#[tokio::test]
async fn shapes_that_compatible_servers_send_are_read() {
    for odd in [
        "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n",
        "data: {\"id\":\"\"}\n\n",
        "data: {\"choices\":[{\"index\":0}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":null}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":null}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}],\"error\":null}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\"}}],\"usage\":null}\n\n",
        "data:\n\n",
    ] {
        is_answer(&said(&[odd, &text("a"), odd, STOP, DONE].concat()).await, "a");
    }
    let parts =
        "data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}}]}\n\n";
    is_answer(&said(&[parts, STOP, DONE].concat()).await, "a");
}

#[tokio::test]
async fn an_error_inside_a_stream_is_a_failure_even_after_text() {
    let error = "data: {\"error\":{\"message\":\"overloaded\",\"code\":503}}\n\n";
    for body in [
        [error, DONE].concat(),
        [&text("a"), error, DONE].concat(),
        [&text("a"), "event: error\ndata: {\"message\":\"overloaded\",\"code\":503}\n\n"].concat(),
        [&text("a"), "data: {\"choices\":[],\"error\":\"overloaded\"}\n\n", STOP, DONE].concat(),
    ] {
        let (_, _, end) = said(&body).await;
        let error = end.unwrap_err();
        assert!(matches!(error, AnswerError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("overloaded"), "{error}");
    }
    let limited = "data: {\"error\":{\"message\":\"slow\",\"code\":\"429\"}}\n\n";
    assert!(matches!(said(limited).await.2, Err(AnswerError::RateLimited { .. })));
}

#[tokio::test]
async fn what_ends_early_broke_off_and_what_says_nothing_is_empty() {
    for body in [text("a"), [&text("a"), DONE].concat(), String::new(), ": ping\n\n".to_owned()] {
        assert_eq!(said(&body).await.2, Err(AnswerError::BrokenOff), "{body}");
    }
    assert_eq!(said(&[STOP, DONE].concat()).await.2, Err(AnswerError::Empty));
    // Two objects on one line, and what is no JSON at all.
    for body in ["data: {\"choices\":[]}{\"choices\":[]}\n\n", "data: <html>\n\n"] {
        assert!(matches!(said(body).await.2, Err(AnswerError::Malformed { .. })));
    }
}

#[tokio::test]
async fn tool_calls_are_put_together_whatever_reason_ends_them() {
    let call = |json: &str| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{json}]}}}}]}}\n\n")
    };
    let first = call(
        "{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"find\",\"arguments\":\"{\\\"a\\\"\"}}",
    );
    let rest = call("{\"index\":0,\"function\":{\"arguments\":\":1}\"}}");
    let second =
        call("{\"index\":0,\"id\":\"c2\",\"function\":{\"name\":\"list\",\"arguments\":\"\"}}");
    let object = call("{\"function\":{\"name\":\"get\",\"arguments\":{\"b\":2}}}");
    let (_, calls, end) = said(&[&first, &rest, &second, STOP, DONE].concat()).await;
    let made = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    assert_eq!(calls, [made("c1", "find", "{\"a\":1}"), made("c2", "list", "{}")]);
    assert!(matches!(end, Ok((Finish::ToolCalls, ..))));
    let (_, calls, _) = said(&[&object, STOP, DONE].concat()).await;
    assert_eq!(calls, [made("call_1", "get", "{\"b\":2}")]);
}

#[tokio::test]
async fn refusals_filters_and_lengths_are_answers() {
    let ends = |reason: &str| STOP.replace("stop", reason);
    let (said_text, _, end) = said(&[&text("cut"), &ends("length"), DONE].concat()).await;
    assert_eq!(said_text, "cut");
    assert!(matches!(end, Ok((Finish::Length, _, false))));
    let filtered = said(&[&ends("content_filter"), DONE].concat()).await;
    assert!(matches!(filtered.2, Ok((Finish::Filtered, _, true))));
    let refusal = "data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n";
    assert!(matches!(said(&[refusal, STOP, DONE].concat()).await.2, Ok((_, _, true))));
    let marker = said(&[&text("[[not-in-"), &text("passages]]"), STOP, DONE].concat()).await;
    assert_eq!(marker.0, "");
    assert!(matches!(marker.2, Ok((Finish::Stop, _, true))));
}

#[tokio::test]
async fn an_event_over_the_bound_is_a_failure_and_a_long_stream_takes_linear_time() {
    let huge = format!("data: {}", "x".repeat(1_100_000));
    assert!(matches!(
        read(openai(), huge.as_bytes(), 4_096).await.2,
        Err(AnswerError::Malformed { .. })
    ));
    let mut tiny = text("a").repeat(100_000);
    tiny.push_str(STOP);
    let (said, _, end) = read(openai(), tiny.as_bytes(), 1_000).await;
    assert_eq!((said.len(), end.is_ok()), (100_000, true));
    let much = text(&"a".repeat(1_000)).repeat(200);
    assert!(matches!(
        read(openai(), much.as_bytes(), 4_096).await.2,
        Err(AnswerError::Malformed { .. })
    ));
}

fn event(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    format!("event: {}\ndata: {json}\n\n", value["type"].as_str().unwrap())
}

fn anthropic(events: &[&str]) -> String {
    events.iter().map(|json| event(json)).collect()
}

const START: &str = "{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\
    \"cache_read_input_tokens\":3,\"output_tokens\":1}}}";
const BLOCK: &str = "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}";
const HELLO: &str = "{\"type\":\"content_block_delta\",\"index\":0,\
    \"delta\":{\"type\":\"text_delta\",\"text\":\"Grüße 🙂\"}}";
const END: &str = "{\"type\":\"content_block_stop\",\"index\":0}";
const TURN: &str = "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\
    \"usage\":{\"output_tokens\":4}}";
const LAST: &str = "{\"type\":\"message_stop\"}";

#[tokio::test]
async fn a_plain_stream_of_anthropic() {
    let ping = "{\"type\":\"ping\"}";
    let new = "{\"type\":\"something_new\",\"index\":0}";
    let thought = "{\"type\":\"content_block_delta\",\"index\":0,\
        \"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}";
    let body = anthropic(&[START, ping, BLOCK, thought, HELLO, ping, new, END, TURN, LAST]);
    for body in [
        body.clone(),
        body.replace('\n', "\r\n"),
        body.replace("event: ", "x: "),
        format!(": hello\n\n{body}"),
        format!("{body}data: [DONE]\n\n"),
        body.trim_end().to_owned(),
    ] {
        let (text, _, end) = same(AnthropicWire::default, &body).await;
        assert_eq!(text, "Grüße 🙂");
        let usage = Usage { input_tokens: 8, output_tokens: 4 };
        assert_eq!(end, Ok((Finish::Stop, usage, false)));
    }
}

#[tokio::test]
async fn failures_and_ends_of_anthropic() {
    let end = async |events: &[&str]| same(AnthropicWire::default, &anthropic(events)).await.2;
    let overloaded =
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}";
    assert!(matches!(
        end(&[START, BLOCK, HELLO, overloaded]).await,
        Err(AnswerError::Unavailable { .. })
    ));
    let key = overloaded.replace("overloaded_error", "authentication_error");
    assert!(matches!(end(&[&key]).await, Err(AnswerError::Misconfigured { .. })));
    assert_eq!(end(&[START, BLOCK, HELLO, END, TURN]).await, Err(AnswerError::BrokenOff));
    assert_eq!(end(&[START, TURN, LAST]).await, Err(AnswerError::Empty));
    let ends = |reason: &str| TURN.replace("end_turn", reason);
    assert!(matches!(
        end(&[START, BLOCK, HELLO, END, &ends("max_tokens"), LAST]).await,
        Ok((Finish::Length, _, false))
    ));
    assert!(matches!(end(&[START, &ends("refusal"), LAST]).await, Ok((Finish::Filtered, _, true))));
}

#[tokio::test]
async fn tool_calls_of_anthropic() {
    let start = "{\"type\":\"content_block_start\",\"index\":1,\
        \"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"find\",\"input\":{}}}";
    let part = |json: &str| {
        format!(
            "{{\"type\":\"content_block_delta\",\"index\":1,\
            \"delta\":{{\"type\":\"input_json_delta\",\"partial_json\":\"{json}\"}}}}"
        )
    };
    let end = "{\"type\":\"content_block_stop\",\"index\":1}";
    let turn = TURN.replace("end_turn", "tool_use");
    let whole = [START, start, &part("{\\\"a\\\""), &part(":1}"), end, &turn, LAST];
    let (_, calls, last) = same(AnthropicWire::default, &anthropic(&whole)).await;
    assert_eq!((calls[0].name.as_str(), calls[0].arguments.as_str()), ("find", "{\"a\":1}"));
    assert!(matches!(last, Ok((Finish::ToolCalls, ..))));
    let none = [START, start, end, &turn, LAST];
    let (_, calls, _) = same(AnthropicWire::default, &anthropic(&none)).await;
    assert_eq!(calls[0].arguments, "{}");
}

/// A frame of AWS's event stream.
fn frame(kind: &str, name: &str, json: &str) -> Vec<u8> {
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    let header = |name: &'static str, value: &str| {
        Header::new(name, HeaderValue::String(value.to_owned().into()))
    };
    let named = if kind == "event" { ":event-type" } else { ":exception-type" };
    let message = Message::new(Bytes::copy_from_slice(json.as_bytes()))
        .add_header(header(":message-type", kind))
        .add_header(header(named, name))
        .add_header(header(":content-type", "application/json"));
    let mut bytes = Vec::new();
    aws_smithy_eventstream::frame::write_message_to(&message, &mut bytes).unwrap();
    bytes
}

/// What frames come to, however they are split.
async fn framed(frames: &[Vec<u8>]) -> Said {
    let body = frames.concat();
    let whole = decoded(Decoder::frames(), BedrockWire::default(), &body, body.len()).await;
    for size in 1..=60 {
        let split = decoded(Decoder::frames(), BedrockWire::default(), &body, size).await;
        assert_eq!(split, whole, "by {size}");
    }
    whole
}

fn bedrock(name: &str, json: &str) -> Vec<u8> {
    frame("event", name, json)
}

#[tokio::test]
async fn a_plain_stream_of_bedrock() {
    let delta = |json: &str| {
        bedrock("contentBlockDelta", &format!("{{\"contentBlockIndex\":0,\"delta\":{json}}}"))
    };
    let start = bedrock("messageStart", "{\"role\":\"assistant\"}");
    let stop = bedrock("messageStop", "{\"stopReason\":\"end_turn\"}");
    let usage = bedrock("metadata", "{\"usage\":{\"inputTokens\":8,\"outputTokens\":4}}");
    let text = delta("{\"text\":\"Grüße 🙂\"}");
    let thought = delta("{\"reasoningContent\":{\"text\":\"hm\"}}");
    let new = bedrock("somethingNew", "{}");
    let frames = [start.clone(), thought, new, text.clone(), stop.clone(), usage.clone()];
    let (said, _, end) = framed(&frames).await;
    assert_eq!(said, "Grüße 🙂");
    let tokens = Usage { input_tokens: 8, output_tokens: 4 };
    assert_eq!(end, Ok((Finish::Stop, tokens, false)));
    // The usage may be missing, the end may not, and a frame that is cut is none.
    let frames = [start.clone(), text.clone(), stop.clone()];
    assert!(matches!(framed(&frames).await.2, Ok((Finish::Stop, _, false))));
    assert_eq!(framed(&[start.clone(), text.clone()]).await.2, Err(AnswerError::BrokenOff));
    let cut = [start.clone(), text.clone(), stop[..20].to_vec()];
    assert_eq!(framed(&cut).await.2, Err(AnswerError::BrokenOff));
    assert_eq!(framed(&[start.clone(), stop.clone(), usage]).await.2, Err(AnswerError::Empty));
    let filtered = bedrock("messageStop", "{\"stopReason\":\"guardrail_intervened\"}");
    assert!(matches!(framed(&[start, filtered]).await.2, Ok((Finish::Filtered, _, true))));
}

#[tokio::test]
async fn exceptions_and_broken_frames_of_bedrock() {
    let text = bedrock("contentBlockDelta", "{\"delta\":{\"text\":\"a\"}}");
    let throttled = frame("exception", "throttlingException", "{\"message\":\"slow down\"}");
    let (said, _, end) = framed(&[text.clone(), throttled]).await;
    assert_eq!(said, "a");
    assert!(matches!(end, Err(AnswerError::RateLimited { .. })));
    let failed = frame("exception", "modelStreamErrorException", "{\"message\":\"oops\"}");
    assert!(matches!(framed(&[failed]).await.2, Err(AnswerError::Unavailable { .. })));
    let mut broken = text.clone();
    broken[20] ^= 1;
    assert!(matches!(framed(&[broken]).await.2, Err(AnswerError::Malformed { .. })));
    let huge = [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    assert!(matches!(framed(&[huge.to_vec()]).await.2, Err(AnswerError::Malformed { .. })));
    assert!(matches!(framed(&[vec![0; 8]]).await.2, Err(AnswerError::Malformed { .. })));
}

#[tokio::test]
async fn tool_calls_of_bedrock() {
    let start = "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"find\"}}}";
    let part = |json: &str| {
        let input =
            serde_json::json!({"contentBlockIndex": 1, "delta": {"toolUse": {"input": json}}});
        bedrock("contentBlockDelta", &input.to_string())
    };
    let frames = [
        bedrock("contentBlockStart", start),
        part("{\"a\""),
        part(":1}"),
        bedrock("contentBlockStop", "{\"contentBlockIndex\":1}"),
        bedrock("messageStop", "{\"stopReason\":\"tool_use\"}"),
    ];
    let (_, calls, end) = framed(&frames).await;
    assert_eq!((calls[0].id.as_str(), calls[0].arguments.as_str()), ("t1", "{\"a\":1}"));
    assert!(matches!(end, Ok((Finish::ToolCalls, ..))));
}
