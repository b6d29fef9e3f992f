//! Use cases: the only place where rules, store and queues meet. One file per resource.

pub mod access;
pub mod analytics;
pub mod branding;
pub mod chat;
pub mod chatbots;
pub mod conversations;
pub mod crawl;
mod crawl_file;
mod crawl_page;
mod crawl_plan;
pub mod crawl_requests;
mod crawl_retry;
mod crawl_scope;
mod crawl_turn;
pub mod dead_letters;
pub mod deliveries;
pub mod delivering;
pub mod domains;
pub mod fan_out;
pub mod files;
pub mod idempotency;
mod indexes;
pub mod knowledge;
pub mod leads;
pub mod logo;
pub mod mail;
pub mod nearest;
pub mod purge;
pub mod questions;
pub mod queue;
pub mod random;
pub mod ratings;
pub mod recount;
pub mod seal;
pub mod semantics;
pub mod sending;
pub mod stats;
pub mod ticker;
mod turns;
pub mod unanswered;
pub mod uploads;
pub mod usage;
pub mod webhooks;
pub mod widget;

use std::{sync::Arc, time::Duration};

use domain::Plans;
use store::Store;

use crate::{access::PasswordCost, semantics::Semantics};

/// What every use case needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Core {
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
}

impl Core {
    /// A core over `store`.
    pub fn new(store: Store, plans: Plans, idle: Duration) -> Self {
        let (semantics, passwords) = (Semantics::default(), PasswordCost::default());
        Self { store, plans: Arc::new(plans), idle, semantics, passwords }
    }

    /// The same with passwords hashed at another cost.
    #[must_use]
    pub fn with_passwords(self, passwords: PasswordCost) -> Self {
        Self { passwords, ..self }
    }

    /// The same with what says what texts mean.
    pub fn with_semantics(self, semantics: Semantics) -> Self {
        Self { semantics, ..self }
    }
}
