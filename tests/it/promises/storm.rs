//! Many events, endpoints that fail, one that hangs, workers that are killed: nothing is lost, and
//! what comes twice comes under the same id. `bench webhooks` does the same with more of it.

use bench::webhooks::storm::{Storm, run};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_whoever_fails_hangs_or_dies() {
    let came = run(Storm { events: 200, deaths: 30 }).await.expect("it comes to an end");
    assert_eq!((came.deliveries, came.lost), (1_000, 0), "{came:?}");
    assert_eq!(came.strange, 0, "an event has one id and the same bytes: {came:?}");
    assert_eq!(came.dead, 0, "no job fails for good: {came:?}");
    // The four were refused one in five, the fifth did hang, and workers did die.
    assert!(came.refused >= 150 && came.hung >= 1 && came.killed >= 1, "{came:?}");
    // A worker has ten deliveries in hand.
    assert!(came.duplicates <= 10 * usize::try_from(came.killed).unwrap(), "{came:?}");
}
