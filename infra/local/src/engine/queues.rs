//! Where the embedded SQS keeps its queues: winterbaume's state behind its backend trait.
//!
//! Its own backend would do but for what is put right here: queue URLs at our endpoint, one set of
//! queues whatever the client's region, counts that include messages which became visible again,
//! deletes with the handle of a message that is gone, and waking receivers when something comes.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, RwLock};
use winterbaume_core::StateViewError;
use winterbaume_sqs::state::SqsError;
use winterbaume_sqs::types::{Message, MessageAttribute, MessageMoveTask, Queue};
use winterbaume_sqs::{SendMessageOutput, SqsBackend, SqsState, SqsStateView};

type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Attributes = HashMap<String, String>;

/// All queues, in memory.
pub struct Queues {
    state: Arc<RwLock<SqsState>>,
    /// Told when a message may have become receivable.
    arrival: Arc<Notify>,
    endpoint: String,
}

impl Queues {
    pub(super) fn new(endpoint: &str, arrival: Arc<Notify>) -> Self {
        Self { state: Arc::default(), arrival, endpoint: endpoint.to_owned() }
    }

    /// What a queue holds; nothing, if it is not there.
    pub async fn counts(&self, queue: &str) -> QueueCounts {
        let state = self.state.read().await;
        state.queues.get(queue).map_or_else(QueueCounts::default, |queue| count(&queue.messages))
    }

    /// How long until the next of a queue's hidden messages becomes visible.
    pub(super) async fn hidden_for(&self, queue: &str) -> Option<Duration> {
        let state = self.state.read().await;
        let hidden = state.queues.get(queue)?.messages.iter().filter(|m| !m.is_visible());
        let next = hidden.map(|message| message.visible_at).min()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let next = Duration::from_millis(u64::try_from(next).unwrap_or_default());
        // A millisecond more, since the time that it compares with has whole ones.
        Some(next.saturating_sub(now) + Duration::from_millis(1))
    }
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// To be received now.
    pub visible: usize,
    /// Sent with a delay that has not passed.
    pub delayed: usize,
    /// Received, and neither deleted nor visible again.
    pub in_flight: usize,
}

/// What a queue holds, in the three counts of GetQueueAttributes. winterbaume leaves out those
/// that were received before and are visible again.
fn count(messages: &[Message]) -> QueueCounts {
    let visible = messages.iter().filter(|m| m.is_visible()).count();
    let delayed = |m: &&Message| !m.is_visible() && m.approximate_receive_count == 0;
    let delayed = messages.iter().filter(delayed).count();
    // A message may become visible between the two counts.
    QueueCounts { visible, delayed, in_flight: messages.len().saturating_sub(visible + delayed) }
}

fn attributes(state: &SqsState, queue: &str) -> Result<Attributes, SqsError> {
    let mut attributes = state.get_queue_attributes(queue)?;
    if let Some(queue) = state.queues.get(queue) {
        let QueueCounts { visible, delayed, in_flight } = count(&queue.messages);
        let counts = [
            ("ApproximateNumberOfMessages", visible),
            ("ApproximateNumberOfMessagesDelayed", delayed),
            ("ApproximateNumberOfMessagesNotVisible", in_flight),
        ];
        attributes.extend(counts.map(|(name, count)| (name.to_owned(), count.to_string())));
    }
    Ok(attributes)
}

/// A handle that fits no message any more is one that was deleted, purged or moved: SQS says yes.
fn delete(state: &mut SqsState, queue: &str, handle: &str) -> Result<(), SqsError> {
    match state.delete_message(queue, handle) {
        Err(SqsError::InvalidReceiptHandle { .. }) => Ok(()),
        answer => answer,
    }
}

/// Backend methods that are one call on the state; the account and the region don't matter. Those
/// after `@wakes` may make messages visible.
macro_rules! on_state {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty = |$state:ident| $call:expr;)*
     @wakes $($wakes:ident($($wakes_arg:ident: $wakes_type:ty),*) -> $wakes_out:ty
        = |$wakes_state:ident| $wakes_call:expr;)*) => {$(
        fn $name(&self, _account: String, _region: String $(, $arg: $type)*) -> Answer<$out> {
            let state = Arc::clone(&self.state);
            Box::pin(async move {
                #[allow(unused_mut)]
                let mut $state = state.write().await;
                $call
            })
        }
    )* $(
        fn $wakes(
            &self, _account: String, _region: String $(, $wakes_arg: $wakes_type)*
        ) -> Answer<$wakes_out> {
            let (state, arrival) = (Arc::clone(&self.state), Arc::clone(&self.arrival));
            Box::pin(async move {
                let mut $wakes_state = state.write().await;
                let answer = $wakes_call;
                drop($wakes_state);
                arrival.notify_waiters();
                answer
            })
        }
    )*};
}

impl SqsBackend for Queues {
    fn create_queue(
        &self,
        account: String,
        region: String,
        name: String,
        attributes: Attributes,
        tags: Option<Attributes>,
    ) -> Answer<Result<Queue, SqsError>> {
        let (state, endpoint) = (Arc::clone(&self.state), self.endpoint.clone());
        Box::pin(async move {
            let mut state = state.write().await;
            state.create_queue(&name, &region, &account, &attributes, tags.as_ref())?;
            let queue = state.queues.get_mut(&name).ok_or(SqsError::NonExistentQueue)?;
            queue.queue.url = format!("{endpoint}/{account}/{name}");
            Ok(queue.queue.clone())
        })
    }

    fn send_message(
        &self,
        _account: String,
        _region: String,
        queue: String,
        body: String,
        delay: Option<u32>,
        attributes: HashMap<String, MessageAttribute>,
        group: Option<String>,
        dedup: Option<String>,
    ) -> Answer<Result<SendMessageOutput, SqsError>> {
        let (state, arrival) = (Arc::clone(&self.state), Arc::clone(&self.arrival));
        Box::pin(async move {
            let sent = state.write().await.send_message(
                &queue,
                &body,
                delay,
                attributes,
                group.as_deref(),
                dedup.as_deref(),
            )?;
            arrival.notify_waiters();
            Ok(SendMessageOutput { message_id: sent.message_id, body_md5: sent.body_md5 })
        })
    }

    on_state! {
        delete_queue(name: String) -> Result<(), SqsError> = |s| s.delete_queue(&name);
        get_queue_url(name: String) -> Result<String, SqsError>
            = |s| s.get_queue_url(&name).map(str::to_owned);
        get_queue_attributes(name: String) -> Result<Attributes, SqsError>
            = |s| attributes(&s, &name);
        set_queue_attributes(name: String, attributes: Attributes) -> Result<(), SqsError>
            = |s| s.set_queue_attributes(&name, &attributes);
        list_queues(prefix: Option<String>) -> Result<Vec<Queue>, SqsError>
            = |s| Ok(s.list_queues(prefix.as_deref()).into_iter().cloned().collect());
        receive_messages(name: String, max: usize, visibility: Option<u32>)
            -> Result<Vec<Message>, SqsError> = |s| s.receive_message(&name, max, visibility);
        delete_message(name: String, handle: String) -> Result<(), SqsError>
            = |s| delete(&mut s, &name, &handle);
        purge_queue(name: String) -> Result<(), SqsError> = |s| s.purge_queue(&name);
        list_queue_tags(name: String) -> Result<Attributes, SqsError>
            = |s| s.list_queue_tags(&name);
        tag_queue(name: String, tags: Attributes) -> Result<(), SqsError>
            = |s| s.tag_queue(&name, &tags);
        untag_queue(name: String, keys: Vec<String>) -> Result<(), SqsError>
            = |s| s.untag_queue(&name, &keys);
        add_permission(name: String, label: String, accounts: Vec<String>, actions: Vec<String>)
            -> Result<(), SqsError> = |s| s.add_permission(&name, &label, accounts, actions);
        remove_permission(name: String, label: String) -> Result<(), SqsError>
            = |s| s.remove_permission(&name, &label);
        list_dead_letter_source_queues(name: String) -> Result<Vec<String>, SqsError>
            = |s| s.list_dead_letter_source_queues(&name);
        cancel_message_move_task(task: String) -> Result<i64, SqsError>
            = |s| s.cancel_message_move_task(&task);
        list_message_move_tasks(source: String) -> Result<Vec<MessageMoveTask>, SqsError>
            = |s| Ok(s.list_message_move_tasks(&source).into_iter().cloned().collect());
        snapshot() -> SqsStateView = |s| SqsStateView::from(&*s);
        @wakes
        change_message_visibility(name: String, handle: String, seconds: u32)
            -> Result<(), SqsError> = |s| s.change_message_visibility(&name, &handle, seconds);
        change_message_visibility_batch(name: String, entries: Vec<(String, String, u32)>)
            -> Result<Vec<String>, SqsError>
            = |s| s.change_message_visibility_batch(&name, &entries);
        start_message_move_task(source: String, to: Option<String>, rate: Option<i32>)
            -> Result<String, SqsError>
            = |s| s.start_message_move_task(&source, to.as_deref(), rate);
        restore(view: SqsStateView) -> Result<(), StateViewError>
            = |s| { *s = SqsState::from(view); Ok(()) };
        merge(view: SqsStateView) -> Result<(), StateViewError>
            = |s| { s.queues.extend(SqsState::from(view).queues); Ok(()) };
    }

    fn scopes_with_state(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
