//! Conversations listed by their first question and answer, for dialects in which
//! each conversation is one question.

use domain::{
    ChatbotId, Conversation, ConversationId, Days, Error, ListPage, Order, Period, QuestionFilter,
    Result, Turn,
};

use crate::{
    App,
    conversations::list::{DEEPEST_PAGE, MAX_FILTERED},
};

/// Which conversations are wanted, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionQuery {
    /// When they began.
    pub period: Period,
    /// What became of the first question.
    pub filter: QuestionFilter,
    /// What question or answer contains, in any case.
    pub search: Option<String>,
    /// The session they belong to.
    pub session: Option<String>,
    /// Which comes first.
    pub order: Order,
}

impl QuestionQuery {
    fn matches(&self, conversation: &Conversation, first: &Turn) -> bool {
        let text = self.search.as_ref().map(|text| text.to_lowercase());
        let contains = |text: &String| {
            [&first.question, &first.answer].iter().any(|of| of.to_lowercase().contains(text))
        };
        self.filter.matches(conversation, first)
            && (self.session.is_none() || self.session == conversation.session_id)
            && text.as_ref().is_none_or(contains)
    }
}

/// A conversation with its first turn.
pub type AskedQuestion = (Conversation, Turn);

impl App {
    /// A page of the conversations that are wanted, and how many are in all: of those there are,
    /// or, with a session or a search, of the [`MAX_FILTERED`] newest that these look at.
    pub async fn questions(
        &self,
        chatbot: ChatbotId,
        wanted: &QuestionQuery,
        page: ListPage,
    ) -> Result<(Vec<AskedQuestion>, u64)> {
        let days = wanted.period.days(self.now());
        if wanted.session.is_none() && wanted.search.is_none() {
            return tokio::try_join!(
                self.questions_page(chatbot, wanted, days, page),
                self.questions_within(chatbot, wanted.filter, days)
            );
        }
        let newest = match (&wanted.session, wanted.filter) {
            (Some(session), _) => {
                let ids =
                    self.store.session_conversations(chatbot, session, days, MAX_FILTERED).await?;
                self.store.conversations_named(chatbot, &ids).await?
            }
            (None, QuestionFilter::All) => {
                self.store.conversations(chatbot, days, 0, MAX_FILTERED).await?
            }
            (None, filter) => {
                let order = Order::Newest;
                let found =
                    self.store.filtered_conversations(chatbot, filter, days, order, MAX_FILTERED);
                self.store.conversations_named(chatbot, &found.await?).await?
            }
        };
        let mut rows = self.store.with_first_turns(newest).await?;
        rows.retain(|(conversation, first)| wanted.matches(conversation, first));
        if wanted.order == Order::Oldest {
            rows.reverse();
        }
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        Ok((page.of(rows), total))
    }

    async fn questions_page(
        &self,
        chatbot: ChatbotId,
        wanted: &QuestionQuery,
        days: Days,
        page: ListPage,
    ) -> Result<Vec<AskedQuestion>> {
        let QuestionQuery { filter, order, .. } = *wanted;
        let Ok(offset) = u32::try_from(page.offset()) else { return Ok(Vec::new()) };
        let conversations = if filter == QuestionFilter::All {
            self.store.conversations_in(chatbot, days, order, offset, page.rows).await?
        } else if offset > DEEPEST_PAGE {
            let message = format!("must not lie more than {DEEPEST_PAGE} conversations deep");
            return Err(Error::field("page", message));
        } else {
            let end = offset.saturating_add(page.rows);
            let ids = self.store.filtered_conversations(chatbot, filter, days, order, end).await?;
            let ids: Vec<ConversationId> = page.of(ids);
            self.store.conversations_named(chatbot, &ids).await?
        };
        let mut rows = self.store.with_first_turns(conversations).await?;
        // The index may be a moment behind.
        rows.retain(|(conversation, first)| wanted.matches(conversation, first));
        Ok(rows)
    }

    async fn questions_within(
        &self,
        chatbot: ChatbotId,
        filter: QuestionFilter,
        days: Days,
    ) -> Result<u64> {
        if days == Days::ALL {
            return Ok(self.store.counters(chatbot).await?.wanted(filter));
        }
        let counted = self.store.daily_counters(chatbot, days).await?;
        Ok(counted.iter().map(|(_, counters)| counters.wanted(filter)).sum())
    }
}
