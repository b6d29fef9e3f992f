//! Conversations of any age, written to the table.

use domain::{Conversation, ConversationId, Dialect, MessageId, Timestamp, Turn};
use futures::{StreamExt, stream};
use store::TurnWrite;
use testkit::{App, Tenant};

/// Puts a conversation of one turn into the table for each of `times`; their ids, newest first.
pub async fn seed(app: &App, tenant: &Tenant, times: &[Timestamp]) -> Vec<String> {
    let use_cases = &app.platform.app;
    let mut ids: Vec<String> = stream::iter(times.iter().copied())
        .map(|at| async move {
            let id = ConversationId::at(at);
            let chatbot = tenant.chatbot.parse().unwrap();
            let workspace = tenant.workspace.parse().unwrap();
            let conversation = Conversation {
                visitor_id: format!("visitor_{id}"),
                message_count: 2,
                first_message: "What does a ticket for the Harbour Museum cost?".into(),
                updated_at: Timestamp::now(),
                ..Conversation::begun(id, chatbot, workspace, Dialect::Botplot, at)
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
