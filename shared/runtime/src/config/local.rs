use outbound::Policy;

use super::{Env, Variable};

const LOCAL_RUN: Variable = Variable::optional(
    "LOCAL_RUN",
    "Set by `cargo dev` to `true`: loopback addresses and `http` are accepted, responses report \
     their capacity units",
);

/// Whether this is the local run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalConfig {
    /// `LOCAL_RUN`.
    pub is_local: bool,
}

impl LocalConfig {
    pub(super) const VARIABLES: [Variable; 1] = [LOCAL_RUN];

    /// Reads it.
    pub fn read(env: &Env) -> Self {
        Self { is_local: LOCAL_RUN.find(env) == Some("true") }
    }

    /// Which addresses of tenants may be connected to.
    pub fn policy(self) -> Policy {
        if self.is_local { Policy::Local } else { Policy::Public }
    }
}
