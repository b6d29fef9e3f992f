//! A turn for unit tests.

use domain::{ChatbotId, ConversationId, MessageId, Timestamp, Turn, WorkspaceId};

/// An answered turn without citations.
pub(super) fn turn(question: &str, answer: &str) -> Turn {
    let now = Timestamp::now();
    let id = MessageId::at(now);
    Turn {
        id,
        question_id: MessageId::new(),
        conversation_id: ConversationId::opened_by(id),
        chatbot_id: ChatbotId::new(),
        workspace_id: WorkspaceId::new(),
        question: question.to_owned(),
        answer: answer.to_owned(),
        citations: Vec::new(),
        confidence: 1.0,
        unanswered: false,
        backend: None,
        rating: None,
        rated_at: None,
        asked_at: now,
        answered_at: now,
    }
}
