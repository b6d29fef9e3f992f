//! Lists: pages, and filters that are exact matches on the resource's own fields.

use domain::{
    AgentLoopFilter, AgentLoopStatus, BackendKind, ChannelFilter, ChannelStatus, ChatbotFilter,
    ConversationFilter, Error, ExecutionFilter, ExecutionStatus, IntegrationFilter,
    IntegrationStatus, ListPage, Result, Timestamp, TranscriptEntry, TranscriptMessage,
    WebhookFilter,
    conversation::{MAX_MESSAGES, Platform},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    chatbots::is_disabled,
    conversations::{ASSISTANT, MessageOut, USER},
    subscriptions::webhook_status,
};

/// The query of a list, as it came: `page`, `per_page`, and filters by the names of fields.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct ListIn(Vec<(String, String)>);

impl ListIn {
    /// Which bots are wanted.
    pub fn bots(mut self) -> Result<(ChatbotFilter, ListPage)> {
        let filter = ChatbotFilter {
            id: self.take("id"),
            name: self.take("name"),
            description: self.take("description"),
            disabled: self.take("status").as_deref().map(is_disabled).transpose()?,
            created_at: self.time("created_at")?,
            updated_at: self.time("updated_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which webhooks are wanted.
    pub fn webhooks(mut self) -> Result<(WebhookFilter, ListPage)> {
        let filter = WebhookFilter {
            id: self.take("id"),
            url: self.take("url"),
            description: self.take("description"),
            status: self.take("status").as_deref().map(webhook_status).transpose()?,
            created_at: self.time("created_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which integrations are wanted.
    pub fn integrations(mut self) -> Result<(IntegrationFilter, ListPage)> {
        let kind = self.take("type").map(|text| BackendKind::named("type", &text));
        let status = self.take("status").map(|text| IntegrationStatus::named("status", &text));
        let filter = IntegrationFilter {
            id: self.take("id"),
            name: self.take("name"),
            kind: kind.transpose()?,
            url: self.take("url"),
            model: self.take("model"),
            timeout_seconds: self.count("timeout_seconds")?,
            weight: self.count("weight")?,
            is_fallback: self.truth("is_fallback")?,
            status: status.transpose()?,
            created_at: self.time("created_at")?,
            updated_at: self.time("updated_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which channels are wanted.
    pub fn channels(mut self) -> Result<(ChannelFilter, ListPage)> {
        let status = self.take("status").map(|text| ChannelStatus::named("status", &text));
        let filter = ChannelFilter {
            id: self.take("id"),
            name: self.take("name"),
            platform: self.platform("type")?,
            status: status.transpose()?,
            created_at: self.time("created_at")?,
            updated_at: self.time("updated_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which agent loops are wanted.
    pub fn agent_loops(mut self) -> Result<(AgentLoopFilter, ListPage)> {
        let status = self.take("status").map(|text| AgentLoopStatus::named("status", &text));
        let filter = AgentLoopFilter {
            id: self.take("id"),
            name: self.take("name"),
            integration_id: self.take("integration_id"),
            chatbot_id: self.take("bot_id"),
            status: status.transpose()?,
            schedule: self.take("schedule"),
            created_at: self.time("created_at")?,
            updated_at: self.time("updated_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which executions of an agent loop are wanted.
    pub fn executions(mut self) -> Result<(ExecutionFilter, ListPage)> {
        let status = self.take("status").map(|text| ExecutionStatus::named("status", &text));
        let filter = ExecutionFilter {
            id: self.take("id"),
            status: status.transpose()?,
            created_at: self.time("created_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which conversations are wanted.
    pub fn conversations(mut self) -> Result<(ConversationFilter, ListPage)> {
        let filter = ConversationFilter {
            id: self.take("id"),
            chatbot_id: self.take("bot_id"),
            status: self.take("status").as_deref().map(str::parse).transpose()?,
            visitor_id: self.take("user_id"),
            visitor_platform: self.platform("platform")?,
            channel: self.platform("channel")?,
            message_count: self.count("message_count")?,
            created_at: self.time("created_at")?,
            updated_at: self.time("updated_at")?,
        };
        Ok((filter, self.page()?))
    }

    /// Which messages are wanted.
    pub fn messages(mut self) -> Result<MessagesIn> {
        let filter = MessageFilter {
            id: self.take("id"),
            conversation_id: self.take("conversation_id"),
            role: self.take("role").map(role).transpose()?,
            content: self.take("content"),
            created_at: self.time("created_at")?.map(|at| at.to_string()),
        };
        Ok(MessagesIn { filter, page: self.page()? })
    }

    /// The first value under that name, which is not looked at again.
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(given, _)| given == name)?;
        Some(self.0.remove(at).1)
    }

    fn time(&mut self, name: &str) -> Result<Option<Timestamp>> {
        let read = |text: String| {
            let wrong = || Error::field(name, "must be an RFC 3339 time");
            Timestamp::parse(&text).ok_or_else(wrong)
        };
        self.take(name).map(read).transpose()
    }

    fn count(&mut self, name: &str) -> Result<Option<u32>> {
        let wrong = |_| Error::field(name, "must be a whole number");
        self.take(name).map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn truth(&mut self, name: &str) -> Result<Option<bool>> {
        let wrong = |_| Error::field(name, "must be true or false");
        self.take(name).map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn platform(&mut self, name: &str) -> Result<Option<Platform>> {
        self.take(name).map(|text| Platform::named(name, &text)).transpose()
    }

    /// The page; a parameter that is left then is not a supported filter.
    fn page(mut self) -> Result<ListPage> {
        let (number, rows) = (self.take("page"), self.take("per_page"));
        let page = ListPage::new(("page", number.as_deref()), ("per_page", rows.as_deref()))?;
        match self.0.into_iter().next() {
            None => Ok(page),
            Some((name, _)) => {
                Err(Error::field(name, "is not a supported filter, or is given twice"))
            }
        }
    }
}

fn role(text: String) -> Result<String> {
    match text.as_str() {
        USER | ASSISTANT => Ok(text),
        _ => Err(Error::field("role", format!("must be one of {USER}, {ASSISTANT}"))),
    }
}

/// Which messages of a conversation are wanted.
#[derive(Debug)]
pub struct MessagesIn {
    filter: MessageFilter,
    page: ListPage,
}

#[derive(Debug, Default, PartialEq)]
struct MessageFilter {
    id: Option<String>,
    conversation_id: Option<String>,
    role: Option<String>,
    content: Option<String>,
    created_at: Option<String>,
}

impl MessageFilter {
    fn matches(&self, message: &MessageOut) -> bool {
        let Self { id, conversation_id, role, content, created_at } = self;
        let same = |wanted: &Option<String>, value: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == value)
        };
        same(id, &message.id)
            && same(conversation_id, &message.conversation_id)
            && same(role, message.role)
            && same(content, &message.content)
            && same(created_at, &message.created_at)
    }
}

impl MessagesIn {
    /// How many turns have to be read for this, from the first; all of them if `None`.
    pub fn turns(&self) -> Option<u32> {
        let most = u64::from(MAX_MESSAGES / 2);
        let turns = u32::try_from(self.page.end().div_ceil(2).min(most)).ok();
        turns.filter(|_| self.filter == MessageFilter::default())
    }

    /// What is wanted of a conversation of `count` messages, of which these are the first or all.
    pub fn of(self, count: u32, said: Vec<TranscriptEntry>) -> ListOut<MessageOut> {
        let messages = TranscriptMessage::of(said).into_iter().map(MessageOut::from);
        if self.filter == MessageFilter::default() {
            return ListOut::new(self.page.of(messages), u64::from(count), self.page);
        }
        let found: Vec<_> = messages.filter(|message| self.filter.matches(message)).collect();
        let total = found.len() as u64;
        ListOut::new(self.page.of(found), total, self.page)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ListOut<T>)]
pub struct ListOut<T> {
    data: Vec<T>,
    meta: MetaOut,
}

/// Where the page lies, and how many rows there are on all pages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::MetaOut)]
struct MetaOut {
    #[schema(minimum = 1)]
    page: u32,
    #[schema(minimum = 1, maximum = 100)]
    per_page: u32,
    total: u64,
}

impl<T> ListOut<T> {
    /// The rows of `page`, of `total` in all.
    pub fn new<R: Into<T>>(rows: Vec<R>, total: u64, page: ListPage) -> Self {
        let ListPage { number, rows: per_page } = page;
        Self {
            data: rows.into_iter().map(Into::into).collect(),
            meta: MetaOut { page: number, per_page, total },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> ListIn {
        ListIn(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn what_is_no_filter_is_named() {
        for (pairs, field) in [
            (&[("colour", "red")][..], "colour"),
            (&[("page", "0")], "page"),
            (&[("per_page", "101")], "per_page"),
            (&[("name", "a"), ("name", "b")], "name"),
            (&[("status", "closed")], "status"),
            (&[("created_at", "yesterday")], "created_at"),
        ] {
            let error = query(pairs).bots().unwrap_err();
            assert_eq!(error.fields[0].field, field);
            assert!(error.message.starts_with(field));
        }
        for (name, value) in
            [("platform", "fax"), ("channel", ""), ("message_count", "two"), ("name", "Ada")]
        {
            let error = query(&[(name, value)]).conversations().unwrap_err();
            assert_eq!(error.fields[0].field, name);
        }
    }

    #[test]
    fn a_page_of_messages_needs_the_turns_up_to_it() {
        let turns = |pairs: &[(&str, &str)]| query(pairs).messages().unwrap().turns();
        assert_eq!(turns(&[]), Some(10));
        assert_eq!(turns(&[("page", "2"), ("per_page", "3")]), Some(3));
        assert_eq!(turns(&[("page", "4294967295")]), Some(250));
        assert_eq!(turns(&[("role", "user")]), None);
    }
}
