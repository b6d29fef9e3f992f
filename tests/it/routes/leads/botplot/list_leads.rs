//! botplot GET /api/v1/leads

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    botplot::{keys, problem},
    leads::{PATH, leave, leave_named},
};

async fn list(app: &App, key: &str, query: &str) -> (Vec<Value>, u64) {
    let page = app.get(&format!("{PATH}{query}")).bearer(key).send().await.ok();
    assert_eq!(keys(&page), ["leads", "total"]);
    (page["leads"].as_array().unwrap().clone(), page["total"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_listed_to_the_letter_with_null_for_what_was_not_left() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    assert_eq!(list(&app, &tenant.secret, "").await, (vec![], 0));
    let full = json!({
        "name": "John Doe", "email": "john@example.com", "phone": "+1234567890",
        "fields": {"company": "Example"}, "visitorId": "visitor-1",
    });
    let full = leave(&app, &tenant.public, full).await;
    let bare = leave(&app, &tenant.public, json!({"email": "ada@example.com"})).await;
    app.drain().await;
    for key in [&tenant.secret, &tenant.openbat] {
        assert_eq!(list(&app, key, "").await, (vec![bare.clone(), full.clone()], 2));
    }
    let expected = json!({
        "id": bare["id"], "name": null, "email": "ada@example.com", "phone": null,
        "createdAt": bare["createdAt"],
    });
    assert_eq!(bare, expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_newest_first_the_total_is_exact_and_tenants_are_apart() {
    let app = App::start().await;
    let (tenant, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    leave_named(&app, &bob.public, "Somebody else's").await;
    join_all((0..18).map(async |_| leave_named(&app, &tenant.public, "Many").await)).await;
    let mut newest = Vec::new();
    for n in 0..5 {
        newest.insert(0, leave_named(&app, &tenant.public, &format!("Lead {n}")).await);
    }
    app.drain().await;
    let page = async |query: &str| list(&app, &tenant.secret, query).await;
    let (all, total) = page("?limit=100").await;
    assert_eq!((all.len(), total), (23, 23));
    assert_eq!(all[..5], newest);
    assert_eq!(page("").await, (all[..20].to_vec(), 23), "20 unless asked otherwise");
    assert_eq!(page("?limit=1&offset=4").await, (all[4..5].to_vec(), 23));
    assert_eq!(page("?offset=20").await, (all[20..].to_vec(), 23));
    assert_eq!(page("?limit=100&offset=23").await, (vec![], 23));
    assert_eq!(page("?search=lead%20&limit=2&offset=1").await, (all[1..3].to_vec(), 5));
    assert_eq!(list(&app, &bob.secret, "").await.1, 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_parts_of_names_and_addresses_in_any_case() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let zoe = json!({"name": "Zoë Ångström", "email": "Z.Angstrom@Example.com", "phone": "0800"});
    let zoe = leave(&app, &tenant.public, zoe).await;
    let ada = json!({"email": "ada@harbour.example", "fields": {"note": "zoë's friend"}});
    let ada = leave(&app, &tenant.public, ada).await;
    app.drain().await;
    for (search, expected) in [
        ("zo%C3%8B", vec![&zoe]),
        ("%C3%85NGSTR", vec![&zoe]),
        ("Angstrom%40example", vec![&zoe]),
        ("EXAMPLE", vec![&ada, &zoe]),
        ("harbour", vec![&ada]),
        ("0800", vec![]),
        ("friend", vec![]),
        ("%25", vec![]),
        ("", vec![&ada, &zoe]),
        ("%20", vec![&ada, &zoe]),
    ] {
        let (rows, total) = list(&app, &tenant.secret, &format!("?search={search}")).await;
        assert_eq!(rows.iter().collect::<Vec<_>>(), expected, "{search}");
        assert_eq!(total, expected.len() as u64);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_out_of_bounds_are_named_and_not_clamped() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let long = "x".repeat(101);
    for (name, values) in [
        ("limit", &["0", "101", "x", "-1", "", "1.5", "99999999999999999999"][..]),
        ("offset", &["-1", "x", "", "0.5", "10001"]),
        ("search", &[&long, "%00"]),
    ] {
        for value in values {
            let path = format!("{PATH}?{name}={value}");
            let reply = app.get(&path).bearer(&tenant.secret).send().await;
            let message = problem(&reply, 400, "VALIDATION_ERROR");
            assert!(message.starts_with(name), "{path}: {message}");
        }
    }
    list(&app, &tenant.secret, &format!("?limit=100&offset=10000&search={}", &long[1..])).await;
    app.finish().await;
}
