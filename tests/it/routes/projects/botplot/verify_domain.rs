//! botplot POST /api/v1/projects/{projectId}/verify-domain

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use testkit::{App, DnsAnswer, DnsServer, Reply, Tenant};

use crate::util::{
    botplot::{Route, all_unknown, problem},
    projects::{brand, project},
    webhooks::foreign_projects,
};

const TARGET: &str = "edge.colloquy.example";

/// A platform that asks a server of the test's own.
async fn with_dns(millis: u64) -> (App, DnsServer) {
    let dns = DnsServer::start().await;
    let server = (dns.address, Duration::from_millis(millis));
    let app = App::with(|options| {
        options.custom_domain_target = TARGET.to_owned();
        options.dns = Some(server);
    })
    .await;
    (app, dns)
}

fn alias(of: &str) -> DnsAnswer {
    DnsAnswer::Cname(of.to_owned())
}

async fn verify(app: &App, tenant: &Tenant) -> Reply {
    app.post(&project(tenant, "verify-domain")).bearer(&tenant.secret).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_the_aliases_to_the_platforms_own_host() {
    let (app, dns) = with_dns(5_000).await;
    let tenant = app.tenant("ada").await;
    let domain = json!({"custom_domain": "chat.example.com"});
    brand(&app, &tenant, &domain).await.ok();
    let is = |verified: bool| json!({"verified": verified, "domain": "chat.example.com"});

    verify(&app, &tenant).await.is(200, &is(false));
    // Each look is a new one: who asks again has just changed it.
    dns.set("chat.example.com", alias(&format!("{}.Edge.Colloquy.Example", tenant.chatbot)));
    verify(&app, &tenant).await.is(200, &is(true));
    verify(&app, &tenant).await.is(200, &is(true));
    for answer in [
        alias("elsewhere.example"),
        alias(TARGET),
        alias("edge.colloquy.example.evil.example"),
        alias("chat.example.com"),
        DnsAnswer::Address,
        DnsAnswer::ServFail,
        DnsAnswer::NxDomain,
    ] {
        dns.set("chat.example.com", answer);
        verify(&app, &tenant).await.is(200, &is(false));
    }
    // Over eight names at most, whatever comes on the way.
    let names = ["a.example", "b.example", "c.example", "d.example", "e.example", "f.example"];
    dns.set("chat.example.com", alias("a.example"));
    for (at, name) in names.iter().enumerate() {
        dns.set(name, alias(names.get(at + 1).copied().unwrap_or("g.example")));
    }
    dns.set("g.example", alias(&format!("{}.{TARGET}", tenant.chatbot)));
    verify(&app, &tenant).await.is(200, &is(true));
    dns.set("g.example", alias("h.example"));
    dns.set("h.example", alias(&format!("{}.{TARGET}", tenant.chatbot)));
    verify(&app, &tenant).await.is(200, &is(false));
    dns.set("g.example", alias("chat.example.com"));
    verify(&app, &tenant).await.is(200, &is(false));
    app.finish().await;
}

/// That a name leads to the platform says nothing about whose it is: it has to lead to the project.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_to_one_project_is_no_other_one_s() {
    let (app, dns) = with_dns(5_000).await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let domain = json!({"custom_domain": "chat.example.com"});
    for tenant in [&ada, &eve] {
        brand(&app, tenant, &domain).await.ok();
    }
    let is = |verified: bool| json!({"verified": verified, "domain": "chat.example.com"});
    let owner = async || {
        let name = domain::HostName::parse("", "chat.example.com").unwrap();
        let owner = app.platform.app.store.domain_owner(&name).await.unwrap();
        owner.map(|chatbot| chatbot.to_string())
    };
    dns.set("chat.example.com", alias(&format!("{}.{TARGET}", ada.chatbot)));
    verify(&app, &eve).await.is(200, &is(false));
    verify(&app, &ada).await.is(200, &is(true));
    verify(&app, &eve).await.is(200, &is(false));
    assert_eq!(owner().await.as_ref(), Some(&ada.chatbot));
    // Whoever owns the name may move it; it is proven for one project alone.
    dns.set("chat.example.com", alias(&format!("{}.{TARGET}", eve.chatbot)));
    verify(&app, &eve).await.is(200, &is(true));
    assert_eq!(owner().await.as_ref(), Some(&eve.chatbot));
    let looks = app.platform.app.store.branding(ada.chatbot.parse().unwrap()).await.unwrap();
    assert_eq!(looks.verified_at, None);
    // Its chatbot is deleted, and the alias left behind: that is no proof for anybody else.
    let path = format!("/api/v1/chatbots/{}", eve.chatbot);
    app.delete(&path).bearer(&eve.session).send().await.ok();
    app.drain().await;
    assert_eq!(owner().await, None);
    verify(&app, &ada).await.is(200, &is(false));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let (app, dns) = with_dns(300).await;
    let tenant = app.tenant("ada").await;
    brand(&app, &tenant, &json!({"custom_domain": "chat.example.com"})).await.ok();
    dns.set("chat.example.com", DnsAnswer::Never);
    let begun = Instant::now();
    let body = json!({"verified": false, "domain": "chat.example.com"});
    verify(&app, &tenant).await.is(200, &body);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_host_of_its_own_none_is_verified_and_without_a_domain_it_is_400() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let message = problem(&verify(&app, &tenant).await, 400, "VALIDATION_ERROR");
    assert_eq!(message, "custom_domain is not set");
    brand(&app, &tenant, &json!({"custom_domain": "chat.example.com"})).await.ok();
    let body = json!({"verified": false, "domain": "chat.example.com"});
    verify(&app, &tenant).await.is(200, &body);
    brand(&app, &tenant, &json!({"custom_domain": null})).await.ok();
    problem(&verify(&app, &tenant).await, 400, "VALIDATION_ERROR");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_plan_may_ask() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    problem(&verify(&app, &tenant).await, 400, "VALIDATION_ERROR");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_keys_own_project_is_known() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let route = Route::new(&app, Method::POST, project(&ada, "verify-domain"));
    route.allows_only(&ada.secret, &[Method::POST]).await;
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        let path = format!("/api/v1/projects/{project}/verify-domain");
        replies.push(app.post(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}
