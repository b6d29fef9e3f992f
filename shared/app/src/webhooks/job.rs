//! The job of the delivery queue.

use domain::{Delivery, DeliveryId, Result, Scope, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use store::DeliveryRef;

use crate::{
    webhooks::deliver::DeliveryWorker,
    work_queue::{Job, WorkQueue},
};

/// Make one attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deliver {
    /// Whose events the subscription wants: `chatbotId`, `workspaceId` or `agentLoopId`.
    #[serde(flatten)]
    pub scope: Scope,
    /// The subscription.
    pub webhook_id: WebhookId,
    /// When the event happened, in milliseconds.
    pub created_at: Timestamp,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Attempts made before this one.
    pub attempt: usize,
    /// How often this attempt was deferred, since its endpoint was at its concurrency limit or
    /// its circuit open.
    #[serde(rename = "putOff", default, skip_serializing_if = "is_zero")]
    pub deferrals: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Deliver {
    /// The next attempt at `delivery`.
    pub fn next(delivery: &Delivery) -> Self {
        Self {
            scope: delivery.scope,
            webhook_id: delivery.webhook_id,
            created_at: delivery.created_at,
            delivery_id: delivery.id,
            attempt: delivery.attempts.len(),
            deferrals: 0,
        }
    }

    /// Where the delivery is stored.
    pub fn delivery(&self) -> DeliveryRef {
        DeliveryRef {
            webhook_id: self.webhook_id,
            created_at: self.created_at,
            id: self.delivery_id,
        }
    }
}

impl Job for Deliver {
    type Worker = DeliveryWorker;
    const QUEUE: WorkQueue = WorkQueue {
        name: "DeliveryQueue",
        worker: "delivery-worker",
        setting: "DELIVERY_QUEUE_URL",
    };
    const VERSION: u8 = 1;

    fn group(&self) -> Option<String> {
        Some(match self.scope {
            Scope::Chatbot(id) => id.to_string(),
            Scope::Workspace(id) => id.to_string(),
            Scope::AgentLoop(id) => id.to_string(),
        })
    }

    async fn run(self, worker: &DeliveryWorker) -> Result<()> {
        worker.handle(&self).await
    }
}
