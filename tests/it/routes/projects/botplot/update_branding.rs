//! botplot PATCH /api/v1/projects/{projectId}/branding

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::{Route, all_unknown, problem},
    projects::{brand, duplicate, preflight, project},
    webhooks::foreign_projects,
};

/// One transparent pixel.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// An SVG image of this many bytes.
fn svg(bytes: usize) -> String {
    let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\"/>{}", " ".repeat(bytes - 41));
    format!("data:image/svg+xml;base64,{}", base64(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().chain([&0; 2]).take(3).fold(0, |bits, b| bits << 8 | u32::from(*b));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > part.len() as u32 { '=' } else { char::from(digit) });
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_as_documented_and_changes_only_what_was_sent() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let documented = json!({"white_label": true, "custom_logo": PNG});
    let both = json!({"white_label": true, "custom_logo": true});
    brand(&app, &tenant, &documented).await.is(200, &both);
    let domain = json!({"custom_domain": " Chat.Example.com", "unknown": 1});
    let all =
        json!({"white_label": true, "custom_logo": true, "custom_domain": "chat.example.com"});
    brand(&app, &tenant, &domain).await.is(200, &all);
    // Left out is not null, and null for a flag is left out.
    let off = json!({"white_label": false, "custom_logo": null});
    brand(&app, &tenant, &off).await.is(
        200,
        &json!({"white_label": false, "custom_logo": false, "custom_domain": "chat.example.com"}),
    );
    let gone = json!({"custom_domain": null, "white_label": null});
    let nothing = json!({"white_label": false, "custom_logo": false, "custom_domain": null});
    brand(&app, &tenant, &gone).await.is(200, &nothing);
    brand(&app, &tenant, &json!({"custom_logo": null}))
        .await
        .is(200, &json!({"white_label": false, "custom_logo": false}));
    // An openbat key is a secret key.
    let body = json!({"white_label": true});
    let path = project(&tenant, "branding");
    app.patch(&path).bearer(&tenant.openbat).json(&body).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_what_it_claims_to_be_and_a_hundred_kilobytes_at_most() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::PATCH, project(&tenant, "branding"));
    let jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\x7f\xff\xd9";
    let data = |kind: &str, bytes: &[u8]| format!("data:image/{kind};base64,{}", base64(bytes));
    for logo in [PNG.to_owned(), data("jpeg", jpeg), data("jpg", jpeg), svg(102_400)] {
        let set = brand(&app, &tenant, &json!({"custom_logo": logo})).await;
        set.is(200, &json!({"white_label": false, "custom_logo": true}));
    }
    let drawing = |inside: &str| {
        data(
            "svg+xml",
            format!("<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>").as_bytes(),
        )
    };
    for logo in [
        json!(""),
        json!("https://example.com/logo.png"),
        json!(PNG.replace("image/png", "image/jpeg")),
        json!(PNG.replace("image/png", "image/svg+xml")),
        json!(PNG.replace("image/png", "image/gif")),
        json!(PNG.replace("image/png", "text/html")),
        json!(PNG.replace(";base64", "")),
        json!(&PNG[..PNG.len() - 8]),
        json!(PNG.replace("iVBOR", "i!BOR")),
        json!(data("jpeg", &jpeg[..20])),
        json!(data("jpeg", &[&jpeg[..], b"<script>"].concat())),
        json!(drawing("<script>alert(1)</script>")),
        json!(drawing("<g onload='alert(1)'/>")),
        json!(drawing("<image href='https://evil.example/a.png'/>")),
        json!(drawing("<a href='javascript:alert(1)'/>")),
        json!(drawing("<style>@import 'https://evil.example/a.css'</style>")),
        json!(drawing("<foreignObject/>")),
        json!(svg(102_401)),
        json!(5),
        json!(true),
        json!(["a"]),
    ] {
        let body = json!({"white_label": true, "custom_logo": logo});
        route.refuses(&tenant.secret, "custom_logo", body).await;
    }
    // Nothing of a refused change was made.
    let now = brand(&app, &tenant, &json!({"custom_domain": null})).await.ok();
    assert_eq!((&now["white_label"], &now["custom_logo"]), (&json!(false), &json!(true)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_a_host_name_and_something_has_to_be_sent() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::PATCH, project(&tenant, "branding"));
    let label = format!("{}.example.com", "a".repeat(64));
    let long = format!("{}example.com", "a.".repeat(122));
    for domain in [
        "",
        "example",
        "localhost",
        "chat..example.com",
        "-chat.example.com",
        "chat_1.example.com",
        "https://chat.example.com",
        "chat.example.com:443",
        "*.example.com",
        "127.0.0.1",
        "[::1]",
        "metadata.google.internal",
        &label,
        &long,
    ] {
        route.refuses(&tenant.secret, "custom_domain", json!({"custom_domain": domain})).await;
    }
    for (field, body) in [
        ("custom_domain", json!({"custom_domain": 5})),
        ("custom_domain", json!({"custom_domain": ["chat.example.com"]})),
        ("white_label", json!({"white_label": "yes"})),
        ("white_label", json!({"white_label": 1})),
        ("One of white_label, custom_logo and custom_domain", json!({})),
        ("One of white_label, custom_logo and custom_domain", json!({"white_label": null})),
    ] {
        route.refuses(&tenant.secret, field, body).await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_fields_at_once_all_apply() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for _ in 0..5 {
        let reset = json!({"white_label": false, "custom_logo": null, "custom_domain": null});
        brand(&app, &tenant, &reset).await.ok();
        let (flag, logo, domain) = (
            json!({"white_label": true}),
            json!({"custom_logo": PNG}),
            json!({"custom_domain": "chat.example.com"}),
        );
        let replies = tokio::join!(
            brand(&app, &tenant, &flag),
            brand(&app, &tenant, &logo),
            brand(&app, &tenant, &domain)
        );
        assert_eq!((replies.0.status, replies.1.status, replies.2.status), (200, 200, 200));
        brand(&app, &tenant, &flag).await.is(
            200,
            &json!({"white_label": true, "custom_logo": true, "custom_domain": "chat.example.com"}),
        );
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_flag_and_logo_and_no_domain() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let all = json!({"white_label": true, "custom_logo": PNG, "custom_domain": "chat.example.com"});
    brand(&app, &tenant, &all).await.ok();
    let copy = duplicate(&app, &tenant).await;
    let asked = brand(&app, &copy, &json!({"white_label": true})).await;
    asked.is(200, &json!({"white_label": true, "custom_logo": true}));
    // Each has its own from there on.
    brand(&app, &copy, &json!({"custom_logo": null})).await.ok();
    let original = brand(&app, &tenant, &json!({"white_label": true})).await.ok();
    assert_eq!(original["custom_logo"], true);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_the_enterprise_plan() {
    let app = App::with(|options| options.signup_plan = "business".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let reply = brand(&app, &tenant, &json!({"white_label": true})).await;
    problem(&reply, 403, "PLAN_REQUIRED");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_keys_own_project_is_known() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"white_label": true});
    let route = Route::new(&app, Method::PATCH, project(&ada, "branding")).with(body.clone());
    route.wants_json(&ada.secret).await;
    route.takes_no_list(&ada.secret, json!([true, null, null])).await;
    route.allows_only(&ada.secret, &[Method::PATCH]).await;
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        let path = format!("/api/v1/projects/{project}/branding");
        replies.push(app.patch(&path).bearer(&ada.secret).json(&body).send().await);
    }
    all_unknown(&replies);
    let bobs = brand(&app, &bob, &json!({"custom_domain": null})).await.ok();
    assert_eq!(bobs["white_label"], false);
    let (origins, _) = preflight(&app, &project(&ada, "branding"), "PATCH").await;
    assert_eq!(origins, "", "no page of another site may call it");
    app.finish().await;
}
