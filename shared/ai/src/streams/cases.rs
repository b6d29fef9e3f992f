//! The cases that every reader of a stream has to stand, by number and for each wire that streams. The list itself
//! fails where a wire lacks one.

use futures::FutureExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::http::{Call, answer};

/// What each case is about; the number of the first is 1.
const CASES: [&str; 18] = [
    "bytes split anywhere",
    "line ends of each kind",
    "no space behind the colon, or several",
    "what only keeps the connection open",
    "several data lines in one event",
    "other fields, unknown ones, a byte order mark",
    "the last event without its end",
    "what marks the end: odd, missing, followed by more",
    "parts that are missing or null",
    "an error inside a success",
    "a success of another content type",
    "an error status whose body is no JSON",
    "two objects in one event",
    "an end before the end",
    "no bytes, and bytes without visible text",
    "a packed stream, and one that is reset",
    "an event over the bound",
    "100,000 tiny pieces",
];
const SAID: &str = "Grüße, 日本 🙂";
const PIECES: usize = 100_000;
const KEY: &str = "sk-0123456789abcdef0123456789";
const SSE: &str = "text/event-stream";
const FRAMES: &str = "application/vnd.amazon.eventstream";

/// How a case comes.
enum Play {
    /// A body, which is played whole and in pieces of many sizes.
    Body(Vec<u8>),
    /// A body after which the connection stays open.
    Paused(Vec<u8>),
    /// A body after which the connection is lost.
    Lost(Vec<u8>),
    /// A server's answer: status, headers, body.
    Served(u16, String, Vec<u8>),
    /// It can't happen on this wire, for this reason.
    Absent(&'static str),
}

/// What is to come of it.
enum Expected {
    Said,
    Bytes(usize),
    Waits,
    Fails(fn(&AnswerError) -> bool),
}

type Case = (usize, Play, Expected);

fn body(text: impl Into<Vec<u8>>) -> Play {
    Play::Body(text.into())
}

fn malformed(error: &AnswerError) -> bool {
    matches!(error, AnswerError::Malformed { .. })
}

fn unavailable(error: &AnswerError) -> bool {
    matches!(error, AnswerError::Unavailable { .. })
}

fn broke_off(error: &AnswerError) -> bool {
    *error == AnswerError::BrokenOff
}

/// The texts of a wire over server-sent events.
struct Shape {
    /// Events that say [`SAID`], without those behind it.
    says: String,
    /// Those that end it as they should.
    ends: String,
    /// Events without visible text.
    hidden: String,
    /// Parts that are missing or null, each an event that changes nothing.
    odd: Vec<String>,
    /// An error inside.
    error: &'static str,
    /// What marks the end, otherwise than in `ends`.
    endings: Vec<String>,
    /// The answer as a whole.
    whole: String,
    /// An event that says `a`.
    tiny: String,
}

/// As a packed body begins: nothing unpacks it, so nothing else of it matters.
fn gzip() -> Vec<u8> {
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x4b; 40]].concat()
}

/// The cases that are alike on every wire.
fn common(plain: &[u8], says: &[u8], whole: &str, kind: &str) -> Vec<Case> {
    let served = |status, kind: &str, more: &str, body: &[u8]| {
        Play::Served(status, format!("content-type: {kind}\r\n{more}"), body.to_vec())
    };
    let echo = format!("<html>{} {KEY} {KEY}</html>", "x".repeat(190));
    vec![
        (1, body(plain), Expected::Said),
        (11, served(200, "application/json", "", whole.as_bytes()), Expected::Said),
        (
            11,
            served(200, "text/html", "", b"<html>Sign in</html>"),
            Expected::Fails(|error| malformed(error) && error.to_string().contains("text/html")),
        ),
        (
            12,
            served(500, "text/html", "", echo.as_bytes()),
            Expected::Fails(|error| {
                let text = error.to_string();
                unavailable(error) && text.chars().count() < 250 && !text.contains("sk-01")
            }),
        ),
        (14, body(says), Expected::Fails(broke_off)),
        (15, Play::Paused(Vec::new()), Expected::Waits),
        (
            16,
            served(200, kind, "content-encoding: gzip\r\n", &gzip()),
            Expected::Fails(|error| malformed(error) && error.to_string().contains("gzip")),
        ),
        (16, Play::Lost(says.to_vec()), Expected::Fails(broke_off)),
    ]
}

fn sse_cases(shape: &Shape) -> Vec<Case> {
    let Shape { says, ends, hidden, odd, error, endings, whole, tiny } = shape;
    let plain = [says.as_str(), ends].concat();
    let mut cases = common(plain.as_bytes(), says.as_bytes(), whole, SSE);
    let changed = |from: &str, to: &str| body(plain.replace(from, to));
    let said = [
        (2, changed("\n", "\r\n")),
        (2, changed("\n", "\r")),
        (2, body(plain.replacen('\n', "\r\n", 3))),
        (2, body(plain.replacen("\n\n", "\r\r", 1))),
        (3, changed("data: ", "data:")),
        (3, changed("data: ", "data:   ")),
        (4, body(format!(": first\n\n:\n\n{plain}"))),
        (4, changed("\n\n", "\n\n: ping\n\n")),
        (5, changed("data: {", "data: {\ndata: ")),
        (6, changed("data: ", "id: 1\nretry: 5\nfoo\nbar: 1\ndata: ")),
        (6, body(format!("\u{feff}{plain}"))),
        (7, body(plain.trim_end())),
        (8, body(format!("{plain}data: {{\"choices\":[]}}\n\nrubbish"))),
    ];
    cases.extend(said.map(|(number, play)| (number, play, Expected::Said)));
    let endings = endings.iter().map(|ends| body([says.as_str(), ends].concat()));
    cases.extend(endings.map(|play| (8, play, Expected::Said)));
    let odd = odd.iter().map(|odd| body([odd.as_str(), says, odd, ends].concat()));
    cases.extend(odd.map(|play| (9, play, Expected::Said)));
    for (before, after) in [("", ""), (says.as_str(), ""), (says, "data: [DONE]\n\n")] {
        for name in ["", "event: error\n"] {
            let text = format!("{before}{name}data: {error}\n\n{after}");
            cases.push((10, body(text), Expected::Fails(unavailable)));
        }
    }
    let glued = format!("{says}data: {{\"choices\":[]}}{{\"choices\":[]}}\n\n");
    let huge = format!("{says}data: {}", "x".repeat(1_100_000));
    cases.push((13, body(glued), Expected::Fails(malformed)));
    cases.push((15, Play::Paused(hidden.clone().into_bytes()), Expected::Waits));
    cases.push((17, body(huge), Expected::Fails(malformed)));
    cases.push((18, body(tiny.repeat(PIECES) + ends), Expected::Bytes(PIECES)));
    cases
}

fn openai_cases() -> Vec<Case> {
    let choice = |json: &str| format!("data: {{\"choices\":[{json}]}}\n\n");
    let reason = choice("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}");
    let thought = choice("{\"delta\":{\"reasoning_content\":\"hm\"}}");
    sse_cases(&Shape {
        says: [text("Grüße, "), text("日本 🙂")].concat(),
        ends: [reason.as_str(), USAGE, DONE].concat(),
        hidden: format!(": ping\n\n{thought}: ping\n\n"),
        odd: vec![
            choice(""),
            "data: {\"id\":\"\"}\n\n".to_owned(),
            choice("{\"index\":0}"),
            choice("{\"index\":0,\"delta\":null}"),
            choice("{\"index\":0,\"delta\":{\"content\":null}}"),
            choice("{\"index\":0,\"delta\":{\"content\":[]}}"),
            thought,
        ],
        error: "{\"error\":{\"message\":\"overloaded\",\"code\":503}}",
        endings: vec![
            reason.clone(),
            [&reason, "data:   [DONE]  \n\n"].concat(),
            [&reason, DONE, DONE].concat(),
        ],
        whole: format!(
            "{{\"choices\":[{{\"message\":{{\"content\":\"{SAID}\"}},\"finish_reason\":\"stop\"}}]}}"
        ),
        tiny: text("a"),
    })
}

fn anthropic_cases() -> Vec<Case> {
    let delta = |json: &str| {
        event(&format!("{{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{json}}}"))
    };
    let text = |text: &str| delta(&format!("{{\"type\":\"text_delta\",\"text\":\"{text}\"}}"));
    let begins = anthropic(&[START, BLOCK]);
    let thought = delta("{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}");
    let ping = event("{\"type\":\"ping\"}");
    let ends = anthropic(&[END, TURN, LAST]);
    sse_cases(&Shape {
        says: [begins.as_str(), &text("Grüße, "), &text("日本 🙂")].concat(),
        hidden: [ping.as_str(), &begins, &thought, &ping].concat(),
        odd: vec![
            ping,
            thought,
            event("{\"type\":\"something_new\",\"index\":0}"),
            event("{\"type\":\"content_block_delta\",\"index\":0}"),
            delta("null"),
            delta("{\"type\":\"text_delta\"}"),
            delta("{\"type\":\"text_delta\",\"text\":null}"),
        ],
        error: "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}",
        endings: vec![[ends.as_str(), DONE].concat(), [ends.as_str(), &event(LAST)].concat()],
        ends,
        whole: format!(
            "{{\"content\":[{{\"type\":\"text\",\"text\":\"{SAID}\"}}],\"stop_reason\":\"end_turn\"}}"
        ),
        tiny: text("a"),
    })
}

fn bedrock_cases() -> Vec<Case> {
    let delta = |json: &str| {
        bedrock("contentBlockDelta", &format!("{{\"contentBlockIndex\":0,\"delta\":{json}}}"))
    };
    let text = |text: &str| delta(&format!("{{\"text\":\"{text}\"}}"));
    let start = bedrock("messageStart", "{\"role\":\"assistant\"}");
    let stop = bedrock("messageStop", "{\"stopReason\":\"end_turn\"}");
    let usage = bedrock("metadata", "{\"usage\":{\"inputTokens\":8,\"outputTokens\":4}}");
    let new = bedrock("somethingNew", "{}");
    let thought = delta("{\"reasoningContent\":{\"text\":\"hm\"}}");
    let says = [start.clone(), text("Grüße, "), text("日本 🙂")].concat();
    let ends = [stop.clone(), usage.clone()].concat();
    let plain = [says.clone(), ends.clone()].concat();
    let whole = format!(
        "{{\"output\":{{\"message\":{{\"content\":[{{\"text\":\"{SAID}\"}}]}}}},\"stopReason\":\"end_turn\"}}"
    );
    let mut cases = common(&plain, &says, &whole, FRAMES);
    let padded = bedrock("messageStart", "{\"role\":\"assistant\",\"p\":\"abcdefgh\",\"x\":1}");
    for number in [2, 3, 5] {
        cases.push((number, Play::Absent("a frame has no lines"), Expected::Said));
    }
    let cut = usage[..usage.len() - 3].to_vec();
    let mut said = vec![
        (4, [new.clone(), says.clone(), new, ends.clone()].concat()),
        (6, [padded, plain[start.len()..].to_vec()].concat()),
        (7, [says.clone(), stop.clone(), cut].concat()),
        (8, [says.clone(), stop].concat()),
        (8, [plain.clone(), text("more"), vec![0; 40]].concat()),
    ];
    let odd = ["null", "{}", "{\"text\":null}", "{\"text\":\"\"}"].map(delta);
    let bare = bedrock("contentBlockDelta", "{}");
    let odd = odd.into_iter().chain([bare, thought.clone()]);
    said.extend(odd.map(|odd| (9, [says.clone(), odd, ends.clone()].concat())));
    cases.extend(said.into_iter().map(|(number, bytes)| (number, body(bytes), Expected::Said)));
    let failed = frame("exception", "modelStreamErrorException", "{\"message\":\"oops\"}");
    for before in [Vec::new(), says.clone()] {
        let bytes = [before, failed.clone(), plain.clone()].concat();
        cases.push((10, body(bytes), Expected::Fails(unavailable)));
    }
    let glued = [says.clone(), bedrock("contentBlockDelta", "{}{}")].concat();
    cases.push((13, body(glued), Expected::Fails(malformed)));
    cases.push((15, Play::Paused([start, thought].concat()), Expected::Waits));
    let huge = [says, vec![0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]].concat();
    cases.push((17, body(huge), Expected::Fails(malformed)));
    let many = [text("a").repeat(PIECES), ends].concat();
    cases.push((18, body(many), Expected::Bytes(PIECES)));
    cases
}

/// A server that answers once; its URL.
async fn served(status: u16, head: &str, body: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let mut bytes = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{head}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 4_096];
        assert!(stream.read(&mut asked).await.unwrap() > 0);
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.ok();
        // What the client sent is read, so that it gets the answer and no reset.
        while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {}
    });
    url
}

/// What events come to: text, or an error.
async fn told(mut events: crate::AnswerStream) -> Result<String, AnswerError> {
    let mut text = String::new();
    while let Some(event) = events.next().await {
        match event? {
            AnswerEvent::Delta(piece) => text.push_str(&piece),
            AnswerEvent::Done { .. } => return Ok(text),
            _ => {}
        }
    }
    panic!("a stream ended without an end")
}

fn in_pieces(bytes: &[u8], size: usize) -> Vec<Result<Bytes, OutboundError>> {
    bytes.chunks(size.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect()
}

/// Every result that a case comes to; `None` for one that has none yet.
async fn results<W: Wire>(
    play: &Play,
    wire: &impl Fn() -> W,
    decoder: fn() -> Decoder,
) -> Vec<Option<Result<String, AnswerError>>> {
    match play {
        Play::Absent(_) => Vec::new(),
        Play::Body(bytes) => {
            let sizes = match bytes.len() {
                ..5_000 => (1..=70).chain([bytes.len()]).collect(),
                many => vec![1_000, many],
            };
            let mut results = Vec::new();
            for size in sizes {
                let pieces = stream::iter(in_pieces(bytes, size));
                results.push(Some(told(Reading::of(pieces, decoder(), wire()).events()).await));
            }
            results
        }
        Play::Paused(bytes) => {
            let pieces = stream::iter(in_pieces(bytes, 7)).chain(stream::pending());
            let told = told(Reading::of(pieces, decoder(), wire()).events());
            vec![told.now_or_never()]
        }
        Play::Lost(bytes) => {
            let lost = Err(OutboundError::Lost("reset".to_owned()));
            let pieces = stream::iter(in_pieces(bytes, 7)).chain(stream::iter([lost]));
            vec![Some(told(Reading::of(pieces, decoder(), wire()).events()).await)]
        }
        Play::Served(status, head, body) => {
            let url = served(*status, head, body).await.parse().unwrap();
            let headers = vec![("Authorization".to_owned(), format!("Bearer {KEY}"))];
            let client = outbound::Client::new(outbound::Policy::Local, "test").unwrap();
            let call = Call { url, headers, body: serde_json::json!({}) };
            vec![Some(told(answer(client, call, wire())).await)]
        }
    }
}

async fn stands<W: Wire>(
    name: &str,
    cases: Vec<Case>,
    wire: impl Fn() -> W,
    decoder: fn() -> Decoder,
) {
    let lacks: Vec<&str> = CASES
        .iter()
        .enumerate()
        .filter(|(n, _)| !cases.iter().any(|(number, ..)| *number == n + 1))
        .map(|(_, what)| *what)
        .collect();
    assert_eq!(lacks, [""; 0], "cases that {name} lacks");
    let is_sse = matches!(decoder(), Decoder::Sse(_));
    for (number, play, expected) in cases {
        let what = format!("{name}, case {number}, {}", CASES[number - 1]);
        if let Play::Absent(why) = play {
            assert!(!is_sse && (2..=5).contains(&number), "{what}: {why}");
        }
        for result in results(&play, &wire, decoder).await {
            let is_so = match (&expected, &result) {
                (Expected::Waits, None) => true,
                (Expected::Said, Some(Ok(text))) => text == SAID,
                (Expected::Bytes(size), Some(Ok(text))) => text.len() == *size,
                (Expected::Fails(so), Some(Err(error))) => so(error),
                _ => false,
            };
            assert!(
                is_so,
                "{what}: {:?}",
                result.map(|r| r.map(|text| domain::conversation::shorten(&text, 200)))
            );
        }
    }
}

#[tokio::test]
async fn openai_stands_every_case() {
    stands("openai_compatible", openai_cases(), openai, Decoder::sse).await;
}

#[tokio::test]
async fn anthropic_stands_every_case() {
    stands("anthropic", anthropic_cases(), AnthropicWire::default, Decoder::sse).await;
}

#[tokio::test]
async fn bedrock_stands_every_case() {
    stands("bedrock", bedrock_cases(), BedrockWire::default, Decoder::frames).await;
}
