//! Prefixes of sort keys: what a query of a partition reads.

/// Sort key prefix of sessions in a user.
pub const SESSION_ENTRY: &str = "SESSION#";
/// Sort key prefix of workspaces in the list of all.
pub const WORKSPACE: &str = "WS#";
/// Sort key prefix of members in a workspace.
pub const MEMBER: &str = "MEMBER#";
/// Sort key prefix of invitations in a workspace.
pub const INVITATION: &str = "INVITE#";
/// Sort key prefix of keys in a workspace.
pub const API_KEY_ENTRY: &str = "KEY#";
/// Sort key prefix of chatbots in a workspace.
pub const CHATBOT: &str = "BOT#";
/// Sort key prefix of integrations in a workspace.
pub const INTEGRATION: &str = "INT#";
/// Sort key prefix of the pointers to channels in a chatbot.
pub const CHANNEL_POINTER: &str = "CHAN#";
/// Sort key prefix of agent loops in a workspace.
pub const AGENT_LOOP: &str = "LOOP#";
/// Sort key prefix of executions in an agent loop.
pub const EXECUTION: &str = "EXEC#";
/// Sort key prefix of steps in an execution.
pub const STEP: &str = "STEP#";
/// Sort key prefix of days in a chatbot.
pub const DAY: &str = "DAY#";
/// Sort key prefix of hours in a chatbot.
pub const HOUR: &str = "HOUR#";
/// Sort key prefix of minutes in a chatbot.
pub const MINUTE: &str = "MINUTE#";
/// Sort key prefix of visitors in a chatbot.
pub const VISITORS: &str = "VISITORS#";
/// Sort key prefix of the questions asked most in a chatbot.
pub const TOP: &str = "TOP#";
/// Sort key prefix of answered groups of questions in a chatbot.
pub const LEARNED: &str = "LEARNED#";
/// Sort key prefix of conversations in a chatbot.
pub const CONVERSATION: &str = "CONV#";
/// Sort key prefix of turns in a conversation.
pub const TURN: &str = "TURN#";
/// Sort key prefix of direct messages in a conversation. Next below that of turns, so that one range
/// has both and nothing else: traces come before.
pub const DIRECT: &str = "TSAY#";
/// Sort key prefix of leads in a chatbot.
pub const LEAD: &str = "LEAD#";
/// Sort key prefix of sources in a chatbot, and of pointers in its index.
pub const SOURCE: &str = "SRC#";
/// Sort key prefix of webhooks in a chatbot or workspace.
pub const WEBHOOK: &str = "HOOK#";
/// Sort key prefix of the pointers to webhooks in a workspace.
pub const WEBHOOK_POINTER: &str = "AT#";
/// Sort key prefix of deliveries in a webhook.
pub const DELIVERY: &str = "DLV#";
/// Sort key prefix of pages in a crawl.
pub const PAGE: &str = "PAGE#";
/// Sort key prefix of chunks in a crawl.
pub const CHUNK: &str = "CHUNK#";
/// Sort key prefix of the meanings of pages in a crawl.
pub const MEANING: &str = "MEAN#";
/// Sort key prefix of the shards of the stream in a consumer's checkpoints.
pub const SHARD: &str = "SHARD#";
/// Sort key prefix of the parts of a segment.
pub const SEGMENT: &str = "SEG#";
