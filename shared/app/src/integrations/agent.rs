//! One model call of an agent loop: like a chat's, but its answer may be calls of tools, and no other
//! backend takes over where this one fails.

use std::time::{Duration, Instant};

use ai::{AnswerError, AnswerEvent, AnswerStream, Finish, Request, ToolCall, Usage};
use futures::StreamExt;

use super::{
    ask::{BackendAttempt, Deadline, retry_delay},
    backends::{Backend, Integrations},
    breaker::BreakerAdmission,
    clocks::{Clocks, bounded},
};

/// What a model said to an agent loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AgentAnswer {
    /// Its text; may be empty where it calls tools.
    pub text: String,
    /// The tools that it calls, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Why it ended.
    pub finish: Finish,
    /// What it cost.
    pub usage: Usage,
}

/// Takes `events` to their end.
pub(crate) async fn collect(mut events: AnswerStream) -> Result<AgentAnswer, AnswerError> {
    let (mut text, mut tool_calls) = (String::new(), Vec::new());
    while let Some(event) = events.next().await {
        match event? {
            AnswerEvent::Delta(piece) => text.push_str(&piece),
            AnswerEvent::ToolCall(call) => tool_calls.push(call),
            AnswerEvent::Cited(_) | AnswerEvent::Refused => {}
            AnswerEvent::Done { usage, finish } => {
                return Ok(AgentAnswer { text, tool_calls, finish, usage });
            }
        }
    }
    Err(AnswerError::BrokenOff)
}

impl Integrations {
    /// Asks `backend`, once more if it fails in a way that may pass, for `time` in all.
    pub(crate) async fn ask_agent(
        &self,
        backend: &Backend,
        request: &Request,
        time: Duration,
    ) -> Result<AgentAnswer, AnswerError> {
        let deadline = Deadline::after(time);
        let mut retried = false;
        loop {
            let begun = Instant::now();
            let admission = backend.breaker.admit(backend.integration.open_until, self.app.now());
            let result = match admission {
                BreakerAdmission::Rejected => Err(AnswerError::CircuitOpen),
                BreakerAdmission::Pass | BreakerAdmission::Probe => {
                    let silence = Duration::from_secs(backend.integration.timeout_seconds.into());
                    let clocks = Clocks { first: silence, silence, total: deadline.left() };
                    collect(bounded(backend.answerer.answer(request.clone()), clocks)).await
                }
            };
            let attempt = BackendAttempt {
                backend: backend.clone(),
                first_text: None,
                total: begun.elapsed(),
                error: result.as_ref().err().cloned(),
                admission,
            };
            self.note(&[attempt]).await;
            let Err(error) = &result else { return result };
            match retry_delay(error, deadline).filter(|_| !retried) {
                Some(delay) => tokio::time::sleep(delay).await,
                None => return result,
            }
            retried = true;
        }
    }
}
