//! The rules of an endpoint's circuit breaker. A request that times out opens the circuit; once
//! the cooldown is over, one request at a time probes the endpoint. A probe that gets an answer in
//! time closes the circuit, whatever the answer; one that times out opens it for twice as long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::TIMEOUT;
use crate::Timestamp;

/// A circuit stays open for this long after a first timeout, and for twice as long after each
/// further one in a row, up to [`MAX_COOLDOWN`].
pub const COOLDOWN: Duration = Duration::from_secs(15);
/// See [`COOLDOWN`].
pub const MAX_COOLDOWN: Duration = Duration::from_secs(5 * 60);

/// An open circuit, as it is stored with its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCircuit {
    /// No request is sent before.
    pub until: Timestamp,
    /// How many requests in a row timed out.
    #[serde(rename = "times")]
    pub timeouts: u32,
}

/// Whether a request may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// It may.
    Closed,
    /// None for this long.
    Open(Duration),
    /// One may, to probe the endpoint: the one that replaces the stored circuit by this, under
    /// which the others wait until the probe has timed out.
    HalfOpen(OpenCircuit),
}

impl CircuitState {
    /// The state at `now` of what is stored.
    pub fn at(stored: Option<OpenCircuit>, now: Timestamp) -> Self {
        match stored {
            None => Self::Closed,
            Some(open) if now < open.until => Self::Open(open.until.since(now)),
            Some(open) => Self::HalfOpen(OpenCircuit { until: now.plus(TIMEOUT), ..open }),
        }
    }
}

impl OpenCircuit {
    /// The circuit after a request timed out at `now` that saw it as `before`, with cooldowns
    /// `time_scale` times as short.
    pub fn after_timeout(before: Option<Self>, now: Timestamp, time_scale: u32) -> Self {
        let timeouts = before.map_or(0, |open| open.timeouts).saturating_add(1);
        Self { until: now.plus(cooldown(timeouts) / time_scale.max(1)), timeouts }
    }
}

/// How long a circuit stays open after `timeouts` timeouts in a row.
pub fn cooldown(timeouts: u32) -> Duration {
    let doubled = timeouts.saturating_sub(1).min(8);
    COOLDOWN.saturating_mul(1 << doubled).min(MAX_COOLDOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cooldown_doubles_with_each_timeout_up_to_a_bound() {
        let seconds: Vec<_> = (1..8).map(|timeouts| cooldown(timeouts).as_secs()).collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 300, 300]);
        assert_eq!(cooldown(u32::MAX), MAX_COOLDOWN);
    }

    #[test]
    fn a_circuit_is_open_until_its_time_and_then_admits_one_probe() {
        let begun = Timestamp::from_millis(0);
        let second = OpenCircuit::after_timeout(None, begun, 1);
        assert_eq!(second, OpenCircuit { until: begun.plus(COOLDOWN), timeouts: 1 });
        let state = |after: Duration| CircuitState::at(Some(second), begun.plus(after));
        assert_eq!(CircuitState::at(None, begun), CircuitState::Closed);
        assert_eq!(state(Duration::ZERO), CircuitState::Open(COOLDOWN));
        assert_eq!(state(Duration::from_secs(14)), CircuitState::Open(Duration::from_secs(1)));
        // Others wait for as long as the probe may take; it is not a timeout itself.
        let until = begun.plus(COOLDOWN + TIMEOUT);
        assert_eq!(state(COOLDOWN), CircuitState::HalfOpen(OpenCircuit { until, timeouts: 1 }));
    }

    #[test]
    fn a_probe_that_times_out_opens_the_circuit_for_longer() {
        let now = Timestamp::from_millis(0);
        let open = OpenCircuit { until: now, timeouts: 2 };
        let next = OpenCircuit::after_timeout(Some(open), now, 1);
        assert_eq!(next, OpenCircuit { until: now.plus(cooldown(3)), timeouts: 3 });
        let scaled = OpenCircuit::after_timeout(Some(open), now, 60);
        assert_eq!(scaled.until, now.plus(Duration::from_secs(1)));
    }

    #[test]
    fn it_is_stored_under_the_names_of_earlier_versions() {
        let open = OpenCircuit { until: Timestamp::from_millis(5), timeouts: 3 };
        let stored = serde_json::to_value(open).unwrap();
        assert_eq!(stored, serde_json::json!({"until": 5, "times": 3}));
    }
}
