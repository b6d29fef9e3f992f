//! The circuit breaker of endpoints: [`domain::webhook::circuit`]'s rules with the store's
//! conditional write, by which one worker of all gets to probe an endpoint.

use std::time::Duration;

use domain::{OpenCircuit, Result, Timestamp, Webhook, webhook::CircuitState};
use store::Store;

use crate::webhooks::backoff::MIN_DEFERRAL;

/// Decides whether requests are sent to endpoints, by how previous ones went.
#[derive(Debug, Clone)]
pub(super) struct CircuitBreaker {
    store: Store,
    time_scale: u32,
}

/// Whether a request may be sent.
#[derive(Debug)]
pub(super) enum Admission {
    /// It may; its outcome is recorded with this.
    Admitted(Admitted),
    /// Not for this long.
    Denied(Duration),
}

/// The circuit as an admitted request knows it: closed, or open with itself as the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Admitted(Option<OpenCircuit>);

impl CircuitBreaker {
    /// A breaker over `store` whose cooldowns are `time_scale` times as short.
    pub fn new(store: Store, time_scale: u32) -> Self {
        Self { store, time_scale }
    }

    /// Asks for one request to the endpoint of `webhook` at `now`.
    pub async fn admit(&self, webhook: &Webhook, now: Timestamp) -> Result<Admission> {
        let probe = match CircuitState::at(webhook.circuit, now) {
            CircuitState::Closed => return Ok(Admission::Admitted(Admitted(None))),
            CircuitState::Open(wait) => return Ok(Admission::Denied(wait)),
            CircuitState::HalfOpen(probe) => probe,
        };
        let (scope, id) = (webhook.scope(), webhook.id);
        match self.store.set_circuit(scope, id, webhook.circuit, Some(probe)).await? {
            true => Ok(Admission::Admitted(Admitted(Some(probe)))),
            // Another worker probes, or the circuit was closed meanwhile.
            false => Ok(Admission::Denied(MIN_DEFERRAL)),
        }
    }

    /// Records whether an admitted request timed out: the circuit opens, opens for longer, or
    /// closes. A worker that dies before that leaves a probe's circuit, which admits the next
    /// probe after [`TIMEOUT`](domain::webhook::TIMEOUT).
    pub async fn record(
        &self,
        webhook: &Webhook,
        admitted: Admitted,
        timed_out: bool,
        now: Timestamp,
    ) -> Result<()> {
        let Some(next) = admitted.after(timed_out, now, self.time_scale) else { return Ok(()) };
        self.store.set_circuit(webhook.scope(), webhook.id, admitted.0, next).await.map(drop)
    }
}

impl Admitted {
    /// The circuit that is stored after the request, if it is another one.
    fn after(
        self,
        timed_out: bool,
        now: Timestamp,
        time_scale: u32,
    ) -> Option<Option<OpenCircuit>> {
        match (self.0, timed_out) {
            (None, false) => None,
            (Some(_), false) => Some(None),
            (before, true) => Some(Some(OpenCircuit::after_timeout(before, now, time_scale))),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::webhook::circuit::{COOLDOWN, cooldown};

    use super::*;

    #[test]
    fn only_a_timeout_or_the_end_of_a_probe_is_written() {
        let now = Timestamp::from_millis(0);
        let closed = Admitted(None);
        assert_eq!(closed.after(false, now, 1), None, "an answer in time costs no write");
        let opened = OpenCircuit { until: now.plus(COOLDOWN), timeouts: 1 };
        assert_eq!(closed.after(true, now, 1), Some(Some(opened)));
        let probe = Admitted(Some(opened));
        assert_eq!(probe.after(false, now, 1), Some(None), "a probe that is answered closes it");
        let longer = OpenCircuit { until: now.plus(cooldown(2)), timeouts: 2 };
        assert_eq!(probe.after(true, now, 1), Some(Some(longer)));
    }
}
