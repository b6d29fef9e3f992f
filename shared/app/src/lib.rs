//! Use cases: the only place where rules, store and queues meet. One room (folder) per
//! subject; the head of each names its actors.

pub mod access;
pub mod adapters;
pub mod agent_loops;
pub mod channels;
pub mod chat;
pub mod chatbots;
pub mod conversations;
pub mod crawl;
pub mod events;
pub mod integrations;
pub mod jobs;
pub mod knowledge;
pub mod mail;
pub mod ops;
pub mod webhooks;
pub mod work_queue;

use std::{sync::Arc, time::Duration};

use domain::{Plans, Timestamp};
use store::Store;

use crate::{
    access::accounts::PasswordCost,
    adapters::clock::{SharedClock, SystemClock},
    knowledge::embeddings::Semantics,
};

/// What every use case needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub store: Store,
    /// The ladder of plans.
    pub plans: Arc<Plans>,
    /// After this long without a message a conversation has ended.
    pub idle: Duration,
    /// What says what texts mean, where the function has it.
    pub semantics: Semantics,
    /// What hashing a password costs.
    pub passwords: PasswordCost,
    /// The time.
    pub clock: SharedClock,
}

impl App {
    /// Use cases over `store`.
    pub fn new(store: Store, plans: Plans, idle: Duration) -> Self {
        Self {
            store,
            plans: Arc::new(plans),
            idle,
            semantics: Semantics::default(),
            passwords: PasswordCost::default(),
            clock: Arc::new(SystemClock),
        }
    }

    /// The same with passwords hashed at another cost.
    #[must_use]
    pub fn with_passwords(self, passwords: PasswordCost) -> Self {
        Self { passwords, ..self }
    }

    /// The same with another clock than the machine's.
    #[must_use]
    pub fn with_clock(self, clock: SharedClock) -> Self {
        Self { clock, ..self }
    }

    /// The time now, by its clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The same with what says what texts mean.
    pub fn with_semantics(self, semantics: Semantics) -> Self {
        Self { semantics, ..self }
    }
}
