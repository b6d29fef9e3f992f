//! botplot PATCH /api/v1/projects/{projectId}/subdomain

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{App, eventually};

use crate::util::{
    botplot::{Route, all_unknown, problem},
    projects::{claim, duplicate, project},
    webhooks::foreign_projects,
};

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_as_documented_and_one_that_is_given_up_is_free() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let first = json!({"subdomain": "my-client-site"});
    claim(&app, &ada, "my-client-site").await.is(200, &first);
    claim(&app, &ada, "my-client-site").await.is(200, &first);
    problem(&claim(&app, &bob, "my-client-site").await, 409, "CONFLICT");
    claim(&app, &bob, "bobs").await.is(200, &json!({"subdomain": "bobs"}));
    problem(&claim(&app, &ada, "bobs").await, 409, "CONFLICT");
    // A refusal took nothing away.
    problem(&claim(&app, &bob, "my-client-site").await, 409, "CONFLICT");
    claim(&app, &ada, "another").await.is(200, &json!({"subdomain": "another"}));
    claim(&app, &bob, "my-client-site").await.is(200, &first);
    problem(&claim(&app, &ada, "my-client-site").await, 409, "CONFLICT");
    claim(&app, &ada, "bobs").await.is(200, &json!({"subdomain": "bobs"}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_it_at_once_one_gets_it() {
    let app = App::start().await;
    let tenants = join_all((0..32).map(|n| {
        let app = &app;
        async move { app.tenant(&format!("tenant{n}")).await }
    }))
    .await;
    let replies = join_all(tenants.iter().map(|tenant| claim(&app, tenant, "wanted"))).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        problem(reply, 409, "CONFLICT");
    }
    assert_eq!(won, 1);
    let winner = replies.iter().position(|reply| reply.status == 200).unwrap();
    claim(&app, &tenants[winner], "wanted").await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_one_project_wants_at_once_it_has_one() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let names: Vec<String> = (0..8).map(|n| format!("site-{n}")).collect();
    let replies = join_all(names.iter().map(|name| claim(&app, &ada, name))).await;
    assert!(replies.iter().all(|reply| [200, 409].contains(&reply.status)), "{replies:?}");
    assert!(replies.iter().any(|reply| reply.status == 200));
    // Free are all but the one that it has.
    let mut taken = 0;
    for name in &names {
        taken += usize::from(claim(&app, &bob, name).await.status == 409);
    }
    assert_eq!(taken, 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_chatbot_frees_it_and_a_copy_has_none() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    claim(&app, &ada, "harbour").await.ok();
    let copy = duplicate(&app, &ada).await;
    problem(&claim(&app, &copy, "harbour").await, 409, "CONFLICT");
    let path = format!("/api/v1/chatbots/{}", copy.chatbot);
    app.delete(&path).bearer(&ada.session).send().await.ok();
    app.drain().await;
    problem(&claim(&app, &bob, "harbour").await, 409, "CONFLICT");
    let path = format!("/api/v1/chatbots/{}", ada.chatbot);
    app.delete(&path).bearer(&ada.session).send().await.ok();
    eventually("the subdomain is free", async || {
        (claim(&app, &bob, "harbour").await.status == 200).then_some(())
    })
    .await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_3_to_30_characters_of_a_few_kinds_and_is_not_reserved() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::PATCH, project(&tenant, "subdomain"));
    for good in ["abc", &"a".repeat(30), "a--b", "123"] {
        claim(&app, &tenant, good).await.is(200, &json!({"subdomain": good}));
    }
    let long = "a".repeat(31);
    for bad in [
        "", "ab", &long, "-abc", "abc-", "Abc", "a.b", "a_b", "a b c", " abc ", "äöü", "xn--abc",
        "www", "api", "admin", "app", "mail",
    ] {
        route.refuses(&tenant.secret, "subdomain", json!({"subdomain": bad})).await;
    }
    for body in [json!({}), json!({"subdomain": null}), json!({"subdomain": 5})] {
        route.refuses(&tenant.secret, "subdomain", body).await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_the_enterprise_plan() {
    let app = App::with(|options| options.signup_plan = "business".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    problem(&claim(&app, &tenant, "harbour").await, 403, "PLAN_REQUIRED");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_keys_own_project_is_known() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"subdomain": "harbour"});
    let route = Route::new(&app, Method::PATCH, project(&ada, "subdomain")).with(body.clone());
    route.wants_json(&ada.secret).await;
    route.takes_no_list(&ada.secret, json!(["harbour"])).await;
    route.allows_only(&ada.secret, &[Method::PATCH]).await;
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        let path = format!("/api/v1/projects/{project}/subdomain");
        replies.push(app.patch(&path).bearer(&ada.secret).json(&body).send().await);
    }
    all_unknown(&replies);
    claim(&app, &bob, "harbour").await.ok();
    app.finish().await;
}
