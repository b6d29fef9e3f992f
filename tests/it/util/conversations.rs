//! Conversations of any age, written to the table.

use domain::{
    Conversation, ConversationId, ConversationStatus, Dialect, HandoffStatus, MessageId, Timestamp,
    Turn,
};
use futures::{StreamExt, stream};
use store::TurnWrite;
use testkit::{App, Tenant};

/// Puts a conversation of one turn into the table for each of `times`; their ids, newest first.
pub async fn seed(app: &App, tenant: &Tenant, times: &[Timestamp]) -> Vec<String> {
    let use_cases = &app.platform.app;
    let mut ids: Vec<String> = stream::iter(times.iter().copied())
        .map(|at| async move {
            let id = ConversationId::at(at);
            let conversation = Conversation {
                id,
                chatbot_id: tenant.chatbot.parse().unwrap(),
                workspace_id: tenant.workspace.parse().unwrap(),
                dialect: Dialect::Botplot,
                visitor_id: format!("visitor_{id}"),
                origin: None,
                session_id: None,
                status: ConversationStatus::Active,
                handoff: HandoffStatus::None,
                handoff_at: None,
                handoff_reason: None,
                customer_email: None,
                overall_rating: None,
                assignee: None,
                direct_messages: 0,
                message_count: 2,
                text_bytes: 0,
                lead_ids: Box::default(),
                first_message: "What does a ticket for the Harbour Museum cost?".into(),
                created_at: at,
                updated_at: Timestamp::now(),
            };
            let turn = Turn {
                id: MessageId::new(),
                question_id: MessageId::new(),
                conversation_id: id,
                chatbot_id: conversation.chatbot_id,
                workspace_id: conversation.workspace_id,
                question: conversation.first_message.clone(),
                answer: "Nine euros.".into(),
                citations: Vec::new(),
                confidence: 1.0,
                unanswered: false,
                backend: None,
                rating: None,
                rated_at: None,
                asked_at: at,
                answered_at: at,
            };
            let how = TurnWrite::Opens;
            assert!(
                use_cases.store.put_turn(&conversation, &turn, how, use_cases.idle).await.unwrap()
            );
            id.to_string()
        })
        .buffer_unordered(16)
        .collect()
        .await;
    ids.sort_unstable();
    ids.reverse();
    app.drain().await;
    ids
}
