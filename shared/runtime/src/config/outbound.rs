use super::{Env, Variable};

const EVENT_QUEUES: Variable = Variable::optional(
    "EVENT_QUEUES",
    "ARNs, separated by commas, of SQS queues that a webhook may name instead of a URL; a * at \
     the end matches any suffix",
);
const CUSTOM_DOMAIN_TARGET: Variable = Variable::optional(
    "CUSTOM_DOMAIN_TARGET",
    "Host below which the CNAME of a chatbot's custom domain must name `<chatbot>.<host>`; without it \
     no domain can be verified",
);

/// What tenants may lead the platform to, and what must lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundConfig {
    /// `EVENT_QUEUES`.
    pub event_queues: String,
    /// `CUSTOM_DOMAIN_TARGET`.
    pub custom_domain_target: Option<String>,
}

impl OutboundConfig {
    pub(super) const VARIABLES: [Variable; 2] = [EVENT_QUEUES, CUSTOM_DOMAIN_TARGET];

    /// Reads it.
    pub fn read(env: &Env) -> Self {
        Self {
            event_queues: EVENT_QUEUES.find(env).unwrap_or_default().to_owned(),
            custom_domain_target: CUSTOM_DOMAIN_TARGET.find(env).map(str::to_owned),
        }
    }
}
