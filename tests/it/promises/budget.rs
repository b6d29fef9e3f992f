//! What a chat turn may cost: at most 4 round trips one after the other, 4 read units and 8 write
//! units, warm and without a model. What it may cost to tell k subscribers of an event: 2 + k read
//! units and 2 k write units, whatever their dialects, and one more for the inbox of the team. What an
//! execution of an agent loop may cost: 6 read and 16 write units, and 1 and 8 for each step that calls tools.

use local::Code;
use serde_json::json;
use store::meter::Meter;
use testkit::App;

use crate::util::{
    agent_loops::{calls, make, model, modelled, record, run, says},
    stream::begun,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_turn_stays_within_its_budget() {
    let (app, demo) = App::demo().await;
    let public = &demo.keys.botplot_public;
    let question = "When is a failed webhook delivery retried?";
    app.ask(public, question).await;
    let ask = async |body: serde_json::Value| {
        app.post("/api/v1/chat").bearer(public).json(&body).send().await
    };

    let opens = ask(json!({"message": question, "visitorId": "visitor-1"})).await;
    let conversation = opens.ok()["conversationId"].clone();
    let goes_on = ask(json!({"message": question, "conversationId": conversation})).await;
    let refused = ask(json!({"message": "How do I cook pasta?"})).await;

    for (what, reply) in [("first turn", opens), ("next turn", goes_on), ("refusal", refused)] {
        reply.ok();
        let (read, write, round_trips) = reply.units();
        assert!(read > 0.0 && read <= 4.0, "{what}: {read} read units");
        assert!(write > 0.0 && write <= 8.0, "{what}: {write} write units");
        assert!((1..=4).contains(&round_trips), "{what}: {round_trips} round trips");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_an_inbox_in_which_nothing_changed_takes_one_read_unit() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    app.ask(&tenant.public, "Hello?").await;
    app.drain().await;
    let poll = async |since: String| {
        app.get(&format!("/api/v1/inbox/changes?since={since}"))
            .bearer(&tenant.session)
            .send()
            .await
    };
    // Past the overlap in which what has just changed is told again.
    let since = app.platform.app.now().plus(std::time::Duration::from_secs(11));
    let quiet = poll(since.to_string()).await;
    assert_eq!(quiet.ok()["conversations"], json!([]));
    let (read, write, round_trips) = quiet.units();
    assert!(read <= 1.0 && write == 0.0 && round_trips == 2, "{read} {write} {round_trips}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn getting_one_resource_takes_two_round_trips() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    let added =
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    let chatbot = app.get(&path).bearer(&tenant.session).send().await;
    chatbot.ok();
    let (read, write, round_trips) = chatbot.units();
    assert!(read <= 2.0 && write <= 1.0 && round_trips == 2, "{read} {write} {round_trips}");
    let path = format!("/api/v1/knowledge/{}", added["sourceId"].as_str().unwrap());
    app.get(&path).bearer(&tenant.secret).send().await.ok();
    // Calls that are counted are counted beside the read; the first of a minute opens it.
    let path = format!("/v1/bots/{}", tenant.chatbot);
    let get = async || app.get(&path).bearer(&tenant.chatbotplatform).send().await;
    get().await.ok();
    let bot = get().await;
    bot.ok();
    let (read, write, round_trips) = bot.units();
    assert!(read <= 2.0 && write <= 1.0 && round_trips == 2, "{read} {write} {round_trips}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn telling_k_subscribers_costs_at_most_2_and_k_reads_and_1_and_2_k_writes() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let url = "http://127.0.0.1:9/hook";
    let mut k = 0.0;
    for _ in 0..3 {
        let hooks = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
        let body = json!({"url": url, "events": ["conversation.started"]});
        app.post(&hooks).bearer(&tenant.secret).json(&body).send().await.ok();
        let hooks = "/api/v1/external/v1/webhooks";
        let events = ["conversation.started", "response.created"];
        let body = json!({"chatbotId": tenant.chatbot, "url": url, "events": events});
        let made = app.post(hooks).api_key(&tenant.conferbot).json(&body).send().await;
        assert_eq!(made.status, 201, "{}", made.text);
        // Those who don't want to hear of it are looked at too.
        let body = json!({"url": url, "events": ["bot.message_received"]});
        let made = app.post("/v1/webhooks").bearer(&tenant.chatbotplatform).json(&body);
        assert_eq!(made.send().await.status, 201);
        k += 3.0;
    }
    let soon = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let at = i64::try_from(soon.as_millis()).unwrap() + 60_000;
    let Some(Code::Worker(work)) = app.platform.function("event-fanout") else {
        panic!("event-fanout is a worker");
    };
    let event = begun(&tenant, at, &[(1, "0197a000-0000-7000-8000-00000000000a")]);
    let meter = Meter::default();
    let answer = meter.scope(work(event)).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
    let units = meter.units();
    assert!(units.read > 0.0 && units.read <= 2.0 + k, "{} read units", units.read);
    assert!(units.write >= k && units.write <= 2.0 * k + 1.0, "{} write units", units.write);
    // The attempts continue without a listener.
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_stays_within_its_budget() {
    for steps in [0, 1, 4] {
        let app = App::with(|options| options.detached = true).await;
        let ada = app.tenant("ada").await;
        let step = |n: usize| calls(&[("nothing", json!({ "n": n }).to_string().as_str())]);
        let model = model((0..steps).map(step).chain([says("Done.")]).collect()).await;
        let integration = modelled(&app, &ada, &model).await;
        let body = json!({"name": "Run", "user_message": "Run.", "integration_id": integration});
        let made = make(&app, &ada, body).await;
        let begun = run(&app, &ada, &made).await;
        let message = json!({"v": 1, "workspaceId": ada.workspace, "agentLoopId": made["id"],
            "executionId": begun["id"]});
        let event = json!({"Records": [{"messageId": "m", "body": message.to_string()}]});
        let Some(Code::Worker(work)) = app.platform.function("loop-worker") else { panic!("it") };
        let meter = Meter::default();
        let answer = meter.scope(work(event)).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"], json!([]));
        assert_eq!(record(&app, &ada, &begun).await["status"], "completed");
        let (units, each) = (meter.units(), f64::from(u32::try_from(steps).unwrap()));
        assert!(units.read > 0.0 && units.read <= 6.0 + each, "{steps}: {} read", units.read);
        let most = 16.0 + 8.0 * each;
        assert!(units.write > 0.0 && units.write <= most, "{steps}: {} write", units.write);
        app.platform.shutdown().await;
    }
}
