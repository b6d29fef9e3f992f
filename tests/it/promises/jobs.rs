//! The list of jobs in `shared/app/src/jobs.rs` says the same as `template.yaml`, and what a
//! deployed build is compiled with is what the template can name.

use std::collections::{BTreeMap, BTreeSet};

use app::{jobs::ALL, work_queue::JobType};
use local::template::{Setting, TEXT, Template, TemplateEvent};

fn template() -> Template {
    Template::parse(TEXT).expect("the template")
}

#[test]
fn every_job_has_a_queue_with_dead_letters_and_a_worker() {
    let template = template();
    for JobType { queue, .. } in ALL {
        let declared = template.queues.iter().find(|declared| declared.name == queue.name);
        let declared = declared.unwrap_or_else(|| panic!("template.yaml lacks {}", queue.name));
        let dead_letters = declared.dead_letters.as_ref().map(|(name, _)| name.clone());
        assert_eq!(dead_letters, Some(queue.dead_letters()), "RedrivePolicy of {}", queue.name);
    }
    let listed: BTreeSet<(&str, &str)> =
        ALL.iter().map(|job| (job.queue.worker, job.queue.name)).collect();
    assert_eq!(listed.len(), ALL.len(), "no queue is listed twice");
    let declared: BTreeSet<(&str, &str)> = template
        .functions
        .iter()
        .flat_map(|function| function.events.iter().map(move |event| (function, event)))
        .filter_map(|(function, event)| match event {
            TemplateEvent::Queue { queue, .. } => Some((function.binary.as_str(), queue.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(listed, declared, "(worker, queue): shared/app/src/jobs.rs and template.yaml");
}

#[test]
fn senders_find_a_queue_under_the_setting_of_its_job() {
    let queues: BTreeMap<&str, &str> =
        ALL.iter().map(|job| (job.queue.setting, job.queue.name)).collect();
    let mut sent_to = BTreeSet::new();
    for function in template().functions {
        for (name, setting) in function.settings {
            let Some(queue) = queues.get(name.as_str()) else { continue };
            let to = Setting::Ref((*queue).to_owned());
            assert_eq!(setting, to, "{name} of {}", function.binary);
            sent_to.insert(*queue);
        }
    }
    assert_eq!(sent_to, queues.into_values().collect(), "every queue has a sender");
}

/// `sam build` compiles the backends of AWS; without them a function refuses to start.
#[test]
fn cargo_lambda_builds_every_backend_of_aws() {
    let manifest = include_str!("../../../Cargo.toml");
    let (_, section) = manifest
        .split_once("[workspace.metadata.lambda.build]\n")
        .expect("the section in Cargo.toml");
    let line = section.lines().find_map(|line| line.strip_prefix("features = "));
    let features: BTreeSet<String> = serde_json::from_str::<Vec<String>>(line.expect("features"))
        .expect("a list")
        .into_iter()
        .collect();
    let expected = ["runtime/s3", "runtime/bedrock", "mail-worker/ses"].map(str::to_owned);
    assert_eq!(features, expected.into());
    for feature in features {
        let (package, feature) = feature.split_once('/').expect("package/feature");
        let folder = if package == "runtime" { "shared" } else { "functions" };
        let path = format!("{}/../{folder}/{package}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let manifest = std::fs::read_to_string(&path).expect("its manifest");
        let declares = |line: &str| line.starts_with(&format!("{feature} = ["));
        assert!(manifest.lines().any(declares), "{package} has no feature {feature}");
    }
}
