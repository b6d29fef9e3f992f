//! Limits of a plan hold exactly, in the dialect's own words, however many calls race.

use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn chatbot_platforms_minute_holds_sixty_calls_on_the_free_plan() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let minute = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60;
    // A round that a new minute falls into says nothing; two in a row are not cut.
    for round in 0..3 {
        let tenant = app.tenant(&format!("ada-{round}")).await;
        let begun = minute();
        let list = || app.get("/v1/bots").bearer(&tenant.chatbotplatform).send();
        let replies = join_all((0..124).map(|_| list())).await;
        if minute() != begun {
            continue;
        }
        let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 200);
        assert_eq!((taken.len(), refused.len()), (60, 64));
        let body = json!({"error": {
            "code": "rate_limit_exceeded", "message": "You exceeded 60 requests in 1 minute.",
        }});
        for reply in refused {
            reply.is(429, &body);
            assert!((1..=60).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
        }
        app.finish().await;
        return;
    }
    panic!("three rounds in a row were cut by a new minute");
}
