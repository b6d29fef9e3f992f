//! One slow or dead endpoint delays only itself: requests to it are few at a time, what
//! waits for it waits elsewhere, and connections are used again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{OpenCircuit, Scope, Timestamp};
use futures::future::join_all;
use testkit::{Answer, App, Receiver, eventually};

use crate::util::webhooks::create;

/// Requests to one endpoint that a process has under way.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_used_again_and_few_requests_are_under_way_at_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let slow = Receiver::answering(|_| Answer::After(Duration::from_millis(20))).await;
    create(&app, &tenant, &slow.url, &["message.created"]).await;
    join_all((0..20).map(|n| app.ask(&tenant.public, ["Hello?", "What?"][n % 2]))).await;
    eventually("all of them", async || (slow.count() == 40).then_some(())).await;
    app.drain().await;
    assert_eq!(slow.count(), 40, "each once");
    assert!(slow.most_at_once() <= AT_ONCE, "{} at once", slow.most_at_once());
    assert!(slow.connections() <= AT_ONCE, "{} connections for 40", slow.connections());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_whose_endpoint_hangs_delays_no_other() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let answers = Arc::new(AtomicBool::new(false));
    let hanging = Receiver::answering({
        let answers = answers.clone();
        move |_| if answers.load(Ordering::SeqCst) { Answer::Status(200) } else { Answer::Never }
    })
    .await;
    let quick = Receiver::start().await;
    let events = ["conversation.started", "message.created"];
    create(&app, &ada, &hanging.url, &events).await;
    create(&app, &bob, &quick.url, &events).await;
    // More than all workers here take at once, 32 batches of ten.
    for _ in 0..12 {
        join_all((0..10).map(|_| app.ask(&ada.public, "Hello?"))).await;
    }
    eventually("its first ones", async || (hanging.count() == AT_ONCE).then_some(())).await;
    app.ask(&bob.public, "Hello?").await;
    eventually("the other's", async || (quick.count() == 3).then_some(())).await;
    assert!(hanging.most_at_once() <= AT_ONCE, "the others wait where they are in no one's way");
    // Those that hang run into the time-out, and it is held back. Then it answers.
    answers.store(true, Ordering::SeqCst);
    let scope = Scope::Chatbot(ada.chatbot.parse().unwrap());
    let store = &app.platform.app.store;
    eventually("it is held back", async || store.webhooks(scope).await.unwrap()[0].circuit).await;
    eventually("one that asks whether it answers again, and all behind it", async || {
        let (now, webhook) = (Timestamp::now(), store.webhooks(scope).await.unwrap().remove(0));
        // No test waits for a quarter of a minute: the hold's end is brought forward.
        if let Some(held) = webhook.circuit.filter(|held| now < held.until) {
            let ended = OpenCircuit { until: now, ..held };
            store.set_circuit(scope, webhook.id, Some(held), Some(ended)).await.unwrap();
        }
        let ids: std::collections::HashSet<String> = hanging
            .received()
            .iter()
            .filter(|one| one.answered == Some(200))
            .map(|one| one.header("x-botplot-delivery").to_owned())
            .collect();
        (ids.len() == 360).then_some(())
    })
    .await;
    assert!(hanging.most_at_once() <= AT_ONCE, "{} at once", hanging.most_at_once());
    assert!(store.webhooks(scope).await.unwrap()[0].circuit.is_none(), "no longer held back");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_workers_one_asks_an_endpoint_that_was_held_back() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let (id, _) = create(&app, &tenant, "http://127.0.0.1:9/", &["message.created"]).await;
    let (store, scope) = (&app.platform.app.store, Scope::Chatbot(tenant.chatbot.parse().unwrap()));
    let id = id.parse().unwrap();
    let held = OpenCircuit { until: Timestamp::now(), timeouts: 1 };
    assert!(store.set_circuit(scope, id, None, Some(held)).await.unwrap());
    assert!(!store.set_circuit(scope, id, None, Some(held)).await.unwrap(), "it is held already");
    let asking = OpenCircuit { until: held.until.plus(Duration::from_secs(15)), timeouts: 1 };
    let asked = (0..16).map(|_| store.set_circuit(scope, id, Some(held), Some(asking)));
    let won = join_all(asked).await.into_iter().filter(|won| *won.as_ref().unwrap()).count();
    assert_eq!(won, 1);
    assert!(store.set_circuit(scope, id, Some(asking), None).await.unwrap());
    assert_eq!(store.webhook(scope, id, true).await.unwrap().unwrap().circuit, None);
    app.finish().await;
}

/// An endpoint that takes fourteen seconds never times out. It is set apart all the same: once other
/// workers have as many requests to it under way as there may be, none is made here, and nothing else
/// waits. Once it answers fast again, it is an endpoint like any other.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_has_few_requests_under_way_over_all_workers() {
    const PLACES: u8 = 4;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    let (id, _) = create(&app, &tenant, &slow.url, &["message.created"]).await;
    create(&app, &tenant, &quick.url, &["message.created"]).await;
    let (store, scope) = (&app.platform.app.store, Scope::Chatbot(tenant.chatbot.parse().unwrap()));
    let webhook = id.parse().unwrap();
    store.set_slow(scope, webhook, None, Some(14_000)).await.unwrap();
    let row = format!("slow:{id}");
    let lease = Duration::from_secs(60);
    for number in 0..PLACES {
        let now = Timestamp::now();
        assert!(store.take_place(&row, number, "another worker", lease, now).await.unwrap());
    }
    app.ask(&tenant.public, "Hello?").await;
    eventually("the quick one's", async || (quick.count() == 2).then_some(())).await;
    app.drain().await;
    assert_eq!(slow.count(), 0, "no worker's time is left for it");
    for number in 0..PLACES {
        store.leave_place(&row, number, "another worker").await.unwrap();
    }
    eventually("its own", async || (slow.count() == 2).then_some(())).await;
    eventually("it is known to be faster", async || {
        app.ask(&tenant.public, "Hello?").await;
        let known = store.webhook(scope, webhook, true).await.unwrap().unwrap().slow_ms;
        known.is_none().then_some(())
    })
    .await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_known_to_be_slow_before_it_has_answered() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let slow = Receiver::answering(|_| Answer::After(Duration::from_secs(5))).await;
    let (id, _) = create(&app, &tenant, &slow.url, &["conversation.started"]).await;
    app.ask(&tenant.public, "Hello?").await;
    let (store, scope) = (&app.platform.app.store, Scope::Chatbot(tenant.chatbot.parse().unwrap()));
    let known = async || {
        let found = store.webhook(scope, id.parse().unwrap(), true).await.unwrap();
        found.unwrap().slow_ms
    };
    let early = eventually("it is noted", async || known().await).await;
    let answered = slow.received().iter().any(|one| one.answered.is_some());
    assert!(early == 2_000 && !answered, "{early} ms, while the request is under way");
    app.drain().await;
    let average =
        eventually("its answer counts", async || known().await.filter(|ms| *ms > 2_000)).await;
    assert!((5_000..15_000).contains(&average), "{average}");
    app.finish().await;
}

/// Webhooks of several workspaces name one host. Where other workers have all of its places, one request
/// at a time goes out from here, and all arrive in the end.
#[tokio::test(flavor = "multi_thread")]
async fn requests_to_a_host_have_a_bound_whoever_s_webhooks_name_it() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let one = Receiver::answering(|_| Answer::After(Duration::from_millis(50))).await;
    for n in 0..5 {
        for tenant in [&ada, &bob] {
            let url = format!("{}?n={n}", one.url);
            create(&app, tenant, &url, &["conversation.started"]).await;
        }
    }
    let store = &app.platform.app.store;
    let lease = Duration::from_secs(300);
    for number in 0..8 {
        let now = Timestamp::now();
        let row = "deliveries:127.0.0.1";
        assert!(store.take_place(row, number, "another worker", lease, now).await.unwrap());
    }
    join_all([&ada, &bob].map(|tenant| app.ask(&tenant.public, "Hello?"))).await;
    eventually("all of them", async || (one.count() == 10).then_some(())).await;
    assert_eq!(one.most_at_once(), 1, "more requests under way than the host has places");
    app.finish().await;
}

/// Many endpoints may be on one host. Those that never answer leave the room for quick requests as soon as they
/// are slow: no other endpoint of the host waits until they have timed out.
#[tokio::test(flavor = "multi_thread")]
async fn endpoints_that_hang_leave_the_room_of_their_host_to_the_others() {
    // One that needs no place, and eight with one.
    const ROOM: usize = 9;
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let hanging = Receiver::answering(|_| Answer::Never).await;
    let quick = Receiver::start().await;
    for n in 0..ROOM + 3 {
        create(&app, &ada, &format!("{}?n={n}", hanging.url), &["conversation.started"]).await;
    }
    create(&app, &bob, &quick.url, &["conversation.started"]).await;
    app.ask(&ada.public, "Hello?").await;
    eventually("all of the room", async || (hanging.count() >= ROOM).then_some(())).await;
    app.ask(&bob.public, "Hello?").await;
    eventually("the other's", async || (quick.count() == 1).then_some(())).await;
    let scope = Scope::Chatbot(ada.chatbot.parse().unwrap());
    let webhooks = app.platform.app.store.webhooks(scope).await.unwrap();
    let timed_out = webhooks.iter().filter(|webhook| webhook.circuit.is_some()).count();
    assert_eq!(timed_out, 0, "it waited until others had timed out");
    app.platform.shutdown().await;
}

/// What is logged of an attempt tells a tenant nothing of which ports of a host are open.
#[tokio::test(flavor = "multi_thread")]
async fn ports_that_refuse_are_silent_or_speak_no_tls_look_alike() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let silent = Receiver::answering(|_| Answer::Never).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut logged = Vec::new();
    let answering = Receiver::start().await;
    let no_tls = answering.url.replace("http:", "https:");
    for url in [silent.url.clone(), format!("http://{closed}/"), no_tls] {
        let (id, _) = create(&app, &tenant, &url, &["conversation.started"]).await;
        logged.push(id);
    }
    app.ask(&tenant.public, "Hello?").await;
    let mut attempts = Vec::new();
    for id in logged {
        let path = format!("{}/{id}/deliveries", crate::util::webhooks::hooks(&tenant));
        let attempt = eventually("an attempt", async || {
            let list = app.get(&path).bearer(&tenant.secret).send().await.ok();
            let first = list["deliveries"][0]["attempts"][0].clone();
            first.is_object().then_some(first)
        })
        .await;
        let mut attempt = attempt.as_object().unwrap().clone();
        attempt.retain(|name, _| name != "at" && name != "attemptedAt");
        attempts.push(attempt);
    }
    assert_eq!(attempts[0], attempts[1]);
    assert_eq!(attempts[0], attempts[2]);
    app.platform.shutdown().await;
}
