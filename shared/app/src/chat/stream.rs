//! What a turn tells while it runs, and where the pieces of its answer go.

use domain::{ConversationId, Error, Result, Turn};
use futures::{FutureExt, Stream, future::BoxFuture};
use tokio::sync::mpsc;

use crate::integrations::drive::DeltaSink;

/// Events that wait for a slow client before the answer waits too.
const WAITING: usize = 64;

/// How a turn's answer reaches the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyMode {
    /// As a whole: until it is complete the visitor has read nothing.
    Whole,
    /// Piece by piece.
    Streamed,
}

/// What happens while a turn runs, in order. The last event is [`TurnEvent::Completed`] or
/// [`TurnEvent::Failed`].
#[derive(Debug)]
pub enum TurnEvent {
    /// The next piece of the answer.
    Delta(String),
    /// The turn is stored. Its answer is the pieces put together.
    Completed(Box<Turn>),
    /// There is no complete answer. Nothing was stored, but for an answer that broke off.
    Failed(Error),
}

/// The events of a turn that runs on a task of its own. The turn is stored even if this is dropped.
pub struct TurnStream {
    events: mpsc::Receiver<TurnEvent>,
    conversation: TurnConversation,
}

/// The conversation of a turn, known before its answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnConversation {
    /// Its id.
    pub id: ConversationId,
    /// Whether the turn opens it.
    pub is_new: bool,
}

impl TurnStream {
    /// The conversation that the turn belongs to, if it succeeds.
    pub fn conversation(&self) -> TurnConversation {
        self.conversation
    }

    /// The next event; a turn whose task ended without a last event has failed.
    pub async fn next(&mut self) -> TurnEvent {
        let ended = || TurnEvent::Failed(Error::internal("a turn ended without an outcome"));
        self.events.recv().await.unwrap_or_else(ended)
    }

    /// Waits for the end of the turn.
    pub async fn collect(mut self) -> Result<Turn> {
        loop {
            match self.next().await {
                TurnEvent::Delta(_) => {}
                TurnEvent::Completed(turn) => return Ok(*turn),
                TurnEvent::Failed(error) => return Err(error),
            }
        }
    }

    /// All events as a stream that ends after the last one.
    pub fn into_stream(self) -> impl Stream<Item = TurnEvent> {
        futures::stream::unfold(Some(self), |events| async move {
            let mut events = events?;
            let event = events.next().await;
            let more = matches!(event, TurnEvent::Delta(_)).then_some(events);
            Some((event, more))
        })
    }

    #[cfg(test)]
    pub(super) async fn deltas(mut self) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(TurnEvent::Delta(text)) = self.events.recv().await {
            all.push(text);
        }
        all
    }
}

/// Where the pieces of an answer go. One that can't be sent is dropped: the client may be gone.
pub(super) struct Deltas(mpsc::Sender<TurnEvent>);

impl Deltas {
    pub(super) fn channel(conversation: TurnConversation) -> (Self, TurnStream) {
        let (sender, events) = mpsc::channel(WAITING);
        (Self(sender), TurnStream { events, conversation })
    }

    pub(super) async fn send(&self, piece: String) {
        DeltaSink::send(self, piece).await;
    }

    pub(super) async fn end(self, result: Result<Turn>) {
        let event = match result {
            Ok(turn) => TurnEvent::Completed(Box::new(turn)),
            Err(error) => TurnEvent::Failed(error),
        };
        let _ = self.0.send(event).await;
    }
}

impl DeltaSink for Deltas {
    fn send(&self, piece: String) -> BoxFuture<'_, ()> {
        self.0.send(TurnEvent::Delta(piece)).map(drop).boxed()
    }
}
