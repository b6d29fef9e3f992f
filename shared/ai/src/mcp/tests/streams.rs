//! Streams: what comes before the answer, what ends before it, and time.

use fakes::mcp::Closing;

use super::*;

fn streaming(speaks: Speaks) -> McpMode {
    McpMode { speaks, sse: true, ..McpMode::default() }
}

#[tokio::test]
async fn what_comes_before_the_answer_is_answered_or_passed_over() {
    for sessions in [false, true] {
        let mode = McpMode {
            sessions,
            primed: true,
            asks_back: true,
            chatters: true,
            ..streaming(Speaks::Legacy)
        };
        let (fake, client) = connected(mode).await;
        assert_eq!(call(&client, "echo", json!({})).await, output("{}"));
        assert_eq!(fake.complaints(), [""; 0]);
        let replies: Vec<Value> = fake
            .asked()
            .into_iter()
            .map(|asked| asked.body)
            .filter(|body| body["method"].is_null())
            .collect();
        let ping = replies.iter().find(|reply| reply["id"] == "own-ping").unwrap();
        assert_eq!(ping["result"], json!({}));
        let roots = replies.iter().find(|reply| reply["id"] == "own-roots/list").unwrap();
        assert_eq!(roots["error"]["code"], -32_601);
    }
    let (fake, client) = connected(McpMode { chatters: true, ..streaming(Speaks::Modern) }).await;
    assert_eq!(call(&client, "echo", json!({})).await, output("{}"));
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_stream_that_is_closed_is_continued_where_the_server_can() {
    let mode = McpMode { closing: Closing::Resumable, sessions: true, ..streaming(Speaks::Legacy) };
    let (fake, client) = connected(mode).await;
    assert_eq!(call(&client, "order", json!({})).await, output("{}"));
    assert_eq!(runs(&fake, "order"), 1);
    let asked = fake.asked();
    let get = asked.iter().find(|asked| asked.verb == "GET").unwrap();
    assert!(get.header("last-event-id").unwrap().starts_with("event-"));
    assert_eq!(get.header("mcp-session-id"), Some("session-1"));
    assert_eq!(get.header("mcp-protocol-version"), Some("2025-11-25"));
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_stream_that_can_not_be_continued_is_a_lost_call() {
    for (closing, gets) in
        [(Closing::NotResumable, 1), (Closing::WithoutId, 0), (Closing::Always, 3)]
    {
        let (fake, client) = connected(McpMode { closing, ..streaming(Speaks::Legacy) }).await;
        let error = call(&client, "order", json!({})).await.unwrap_err();
        assert!(matches!(error, McpError::Lost(_)) && error.may_have_run(), "{closing:?}: {error}");
        assert_eq!(runs(&fake, "order"), 1, "{closing:?}: not run twice");
        assert_eq!(fake.methods().iter().filter(|method| *method == "GET").count(), gets);
    }
    // A modern stream is never continued. Only what may be repeated is sent again.
    let (fake, client) =
        connected(McpMode { closing: Closing::Resumable, ..streaming(Speaks::Modern) }).await;
    for (name, times) in [("order", 1), ("echo", 2), ("put", 2)] {
        let error = call(&client, name, json!({})).await.unwrap_err();
        assert!(matches!(error, McpError::Lost(_)), "{error}");
        assert_eq!(runs(&fake, name), times, "{name}");
    }
    assert!(!fake.methods().contains(&"GET".to_owned()));
    let ids: std::collections::BTreeSet<String> =
        fake.asked().iter().map(|asked| asked.body["id"].to_string()).collect();
    assert_eq!(ids.len(), fake.asked().len(), "each under an id of its own");
}

/// Waits until `what` is so.
async fn until(what: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !what() {
        assert!(Instant::now() < end, "it never came to that");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_call_without_an_answer_ends_in_time_and_the_server_learns_of_it() {
    let short = CallTime { silence: Duration::from_millis(300), total: LONG };
    for sse in [false, true] {
        let (fake, client) = connected(McpMode { sse, ..McpMode::default() }).await;
        let error = call_within(&client, "wait", json!({}), short).await.unwrap_err();
        assert!(matches!(error, McpError::Timeout(_)) && error.may_have_run(), "{error}");
        let asked = fake.asked();
        let called = asked.iter().find(|asked| asked.method() == "tools/call").unwrap();
        let cancelled = asked.last().unwrap();
        assert_eq!(cancelled.method(), "notifications/cancelled");
        assert_eq!(cancelled.body["params"]["requestId"], called.body["id"]);
        assert_eq!(runs(&fake, "wait"), 1);
    }
    let (fake, client) = connected(streaming(Speaks::Modern)).await;
    let error = call_within(&client, "wait", json!({}), short).await.unwrap_err();
    assert!(matches!(error, McpError::Timeout(_)), "{error}");
    until(|| fake.abandoned() == 1).await;
    assert!(!fake.methods().contains(&"notifications/cancelled".to_owned()));
    // The next call is not harmed by it.
    fake.release();
    assert_eq!(call(&client, "wait", json!({})).await, output("released"));
}

#[tokio::test]
async fn progress_renews_the_silence_and_never_the_end() {
    let (fake, client) = connected(streaming(Speaks::Legacy)).await;
    let silence = Duration::from_secs(2);
    // It takes three seconds, and says so four times a second.
    let patient = CallTime { silence, total: LONG };
    assert_eq!(call_within(&client, "slow", json!({}), patient).await, output("slow but sure"));
    let asked = fake.asked();
    let called = asked.iter().find(|asked| asked.method() == "tools/call").unwrap();
    assert_eq!(called.body["params"]["_meta"]["progressToken"], called.body["id"]);
    let hurried = CallTime { silence, total: Duration::from_millis(500) };
    let error = call_within(&client, "slow", json!({}), hurried).await.unwrap_err();
    assert!(matches!(error, McpError::Timeout(_)), "{error}");
}
