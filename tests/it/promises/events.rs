//! The sample events are what API Gateway, SQS and DynamoDB send, and each function takes its own:
//! HTTP functions through the very adapter that runs in Lambda, stage in the path included.

use std::{collections::BTreeSet, path::Path};

use lambda_http::{Adapter, LambdaEvent, lambda_runtime::Context, request::LambdaRequest};
use local::Code;
use serde_json::Value;
use testkit::{App, Tenant};

fn samples() -> Vec<(String, String, Value)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../events"));
    let mut samples = Vec::new();
    for function in std::fs::read_dir(folder).expect("events/") {
        let function = function.expect("an entry").path();
        for case in std::fs::read_dir(&function).expect("a folder") {
            let case = case.expect("an entry").path();
            let name =
                |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&case).expect("readable");
            samples.push((
                name(&function),
                name(&case),
                serde_json::from_str(&text).expect("JSON"),
            ));
        }
    }
    samples
}

/// With this tenant's keys where a sample has a place for one.
fn filled(sample: &Value, tenant: &Tenant) -> Value {
    let text = sample
        .to_string()
        .replace("pk_REPLACE", &tenant.public)
        .replace("sk_live_REPLACE", &tenant.chatbotplatform)
        .replace("sk_REPLACE", &tenant.secret)
        .replace("cb_live_REPLACE", &tenant.conferbot)
        .replace("wk_live_REPLACE", &tenant.helpbot)
        .replace("session=REPLACE", &format!("session={}", tenant.session))
        // The project that a sample names is this tenant's.
        .replace("0197a000-0000-7000-8000-000000000001", &tenant.chatbot);
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_takes_its_sample_events() {
    let app = App::start().await;
    let tenant = app.tenant("grace").await;
    let mut seen = BTreeSet::new();
    for (function, case, sample) in samples() {
        let code = app.platform.function(&function);
        let code = code.unwrap_or_else(|| panic!("events/{function} is no function's"));
        seen.insert(function.clone());
        match code {
            Code::Http(router) => {
                let event = filled(&sample, &tenant);
                let payload: LambdaRequest = serde_json::from_value(event).expect("a v1 event");
                let event = LambdaEvent::new(payload, Context::default());
                let response = tower::ServiceExt::oneshot(Adapter::from(router.clone()), event);
                let response = response.await.expect("an answer");
                let response = serde_json::to_value(response).expect("JSON");
                let status = response["statusCode"].as_u64().expect("a status");
                let expected: &[u64] = if case == "unknown" { &[404] } else { &[200, 201] };
                assert!(expected.contains(&status), "{function}/{case}: {response}");
            }
            Code::Worker(work) => {
                let answer =
                    work(sample).await.unwrap_or_else(|e| panic!("{function}/{case}: {e}"));
                let failures = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
                assert_eq!(failures, 0, "{function}/{case}: {answer}");
            }
        }
    }
    let template = local::template::Template::parse(local::template::TEXT).expect("the template");
    let all: BTreeSet<String> = template.functions.into_iter().map(|f| f.binary).collect();
    assert_eq!(seen, all, "every function has a sample in events/");
    app.platform.shutdown().await;
}
