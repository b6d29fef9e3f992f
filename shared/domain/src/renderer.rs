//! From an event to what a subscription receives. The trait is here, below both sides of it: use
//! cases call it and know no wire shape, and the crate of the dialects' shapes implements it and
//! knows no use case.

use std::fmt;

use crate::{Conversation, Delivery, Dialect, Event, ExecutionResult, Timestamp, Turn};

/// Tells events in the words and shapes of each dialect.
pub trait EventRenderer: fmt::Debug + Send + Sync {
    /// What `event` is called: nothing if the dialect does not tell it, one name, or several.
    fn names(&self, dialect: Dialect, event: &Event) -> Vec<&'static str>;

    /// What has to be read to tell an event under `name`.
    fn required_data(&self, dialect: Dialect, name: &str) -> RequiredData;

    /// What tells `event` under `name`, one of [`Self::names`]. `context` holds what
    /// [`Self::required_data`] asks, as far as it still exists.
    fn render(
        &self,
        dialect: Dialect,
        name: &str,
        event: &Event,
        context: &Context,
    ) -> RenderedEvent;

    /// The headers of an attempt at `delivery` at the time `at`, names and values, signed with
    /// all of `secrets`, the newest first.
    fn headers(
        &self,
        dialect: Dialect,
        delivery: &Delivery,
        secrets: &[String],
        at: Timestamp,
    ) -> Vec<(String, String)>;
}

/// One message for one subscription, in the dialect of that subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedEvent {
    /// The dialect's name of the event.
    pub event: String,
    /// The exact bytes to send.
    pub body: String,
}

/// What an event does not carry and a dialect tells all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequiredData {
    /// The conversation that it happened in.
    pub conversation: bool,
    /// The first turn of that conversation.
    pub first_turn: bool,
    /// What the execution said and called.
    pub execution_result: bool,
}

impl std::ops::BitOr for RequiredData {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            conversation: self.conversation || other.conversation,
            first_turn: self.first_turn || other.first_turn,
            execution_result: self.execution_result || other.execution_result,
        }
    }
}

/// What was read for an event because of its [`RequiredData`]; what was deleted meanwhile is
/// absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// See [`RequiredData::conversation`].
    pub conversation: Option<Conversation>,
    /// See [`RequiredData::first_turn`].
    pub first_turn: Option<Turn>,
    /// See [`RequiredData::execution_result`].
    pub execution_result: Option<ExecutionResult>,
}
