//! Every key of the table, and what it is for.
//!
//! # Entities
//!
//! | entity | `pk` | `sk` | indexes |
//! |---|---|---|---|
//! | workspace | `WS#<workspace>` | `META` | `due` while its keys are put on another plan |
//! | calls of a month | `USE#<workspace>` | `<what>#<month>` | expires |
//! | calls of a client in a window of time | `RATE#<sha256 of the client>` | `<what>#<begin of the window>` | expires |
//! | user | `USER#<email>` | `USER` | |
//! | code that was sent to an address | `CODE#<sha256>` | `CODE` | expires |
//! | request for such a code | `USER#<email>` | `CODE#<purpose>` | expires |
//! | member of a workspace, with their role | `WS#<workspace>` | `MEMBER#<user>` | |
//! | invitation to a workspace | `WS#<workspace>` | `INVITE#<invitation>` | expires |
//! | queues that a workspace may name | `WS#<workspace>` | `QUEUES` | |
//! | session, in its user's list | `USER#<email>` | `SESSION#<session>` | expires |
//! | where a workspace is | `WORKSPACES#<shard>` | `WS#<workspace>` | |
//! | session | `SESSION#<sha256>` | `SESSION` | expires |
//! | link that signs in once, by its token | `SIGNIN#<sha256>` | `SIGNIN` | expires |
//! | API key, by its secret | `KEY#<sha256>` | `KEY` | |
//! | API key, in its workspace | `WS#<workspace>` | `KEY#<key>` | |
//! | first answer to a repeatable write | `ONCE#<sha256 of the key>` | `<sha256 of the Idempotency-Key>` | expires |
//! | chatbot | `WS#<workspace>` | `BOT#<chatbot>` | |
//! | integration (AI backend) of a chatbot | `WS#<workspace>` | `INT#<integration>` | |
//! | channel | `CHAN#<channel>` | `CHANNEL` | `due` once it is deleted |
//! | where a channel of a chatbot is | `BOT#<chatbot>` | `CHAN#<channel>` | |
//! | peer of a channel, with its lease | `PEER#<channel>#<peer>` | `PEER` | `list` by its channel; expires |
//! | message of a peer | `PEER#<channel>#<peer>` | `IN#<order>#<hash of the deduplication key>` | `due` until settled; expires |
//! | reply to a peer that no message asked | `PEER#<channel>#<peer>` | `OUT#<message>` | `due` until settled; expires |
//! | agent loop | `WS#<workspace>` | `LOOP#<loop>` | `due` while its schedule runs it |
//! | execution of an agent loop | `LOOP#<loop>` | `EXEC#<execution>` | `due` until it has ended; expires |
//! | what an execution said and called | `EXEC#<execution>` | `RESULT` | expires |
//! | step of an execution | `EXEC#<execution>` | `STEP#<number>` | expires |
//! | place of a workspace among the executions that run | `SLOTS#<workspace>` | `SLOT#<number>` | expires |
//! | branding of a chatbot | `BOT#<chatbot>` | `BRANDING` | |
//! | its logo | `BOT#<chatbot>` | `LOGO` | |
//! | its widget, as far as it was set | `BOT#<chatbot>` | `WIDGET` | |
//! | how long it keeps conversations and leads | `BOT#<chatbot>` | `RETENTION` | `due` while it is set |
//! | claim of a subdomain by a chatbot | `SUBDOMAIN#<name>` | `SUBDOMAIN` | |
//! | proof of a custom domain, for one chatbot | `DOMAIN#<name>` | `DOMAIN` | |
//! | counters of a chatbot | `BOT#<chatbot>` | `COUNT` | |
//! | counters of one of its days | `BOT#<chatbot>` | `DAY#<date>` | |
//! | counters of one of its hours | `BOT#<chatbot>` | `HOUR#<date>T<hour>` | |
//! | counters of one of its minutes | `BOT#<chatbot>` | `MINUTE#<date>T<hour>:<minute>` | |
//! | visitors of one of its days, in parts | `BOT#<chatbot>` | `VISITORS#<date>#<part>` | |
//! | questions asked most on one of its days | `BOT#<chatbot>` | `TOP#<kind>#<date>` | |
//! | group of unanswered questions that was answered | `BOT#<chatbot>` | `LEARNED#<group>` | expires |
//! | conversation | `BOT#<chatbot>` | `CONV#<conversation>` | `list` by status, `due` while active |
//! | turn | `CONV#<conversation>` | `TURN#<answer's message>` | `list` by its answer's message; where that opened the conversation, by its session |
//! | direct message, outside of a turn | `CONV#<conversation>` | `TSAY#<message>` | |
//! | change in the inbox of a workspace | `INBOX#<workspace>` | `<time>#<conversation>` | expires |
//! | trace of a turn | `CONV#<conversation>` | `TRACE#<answer's message>` | expires |
//! | mark of a conversation | `CONV#<conversation>` | `MARK` | `list` by what its first turn was (unanswered, rated) |
//! | lead | `BOT#<chatbot>` | `LEAD#<lead>` | |
//! | source | `BOT#<chatbot>` | `SRC#<source>` | `due` for syncs and crawls that hang |
//! | claim of a URL by a source | `BOT#<chatbot>` | `SRCURL#<sha256 of the URL>` | |
//! | request to fill a copy of a chatbot | `BOT#<chatbot>` | `COPY` | `due` until its sources are there |
//! | page of a crawl | `SRC#<source>#<job>` | `PAGE#<sha256 of the URL>` | |
//! | where a page of a crawl leads | `SRC#<source>#<job>` | `LINKS#<sha256 of the URL>` | |
//! | chunk | `SRC#<source>#<job>` | `CHUNK#<page>#<place>` | |
//! | part of the vectors of a page's chunks | `SRC#<source>#<job>` | `MEAN#<page>#<part>` | |
//! | place at a host that is crawled | `HOST#<origin>` | `PLACE#<number>` | expires |
//! | turns at a host that is crawled | `HOST#<origin>` | `PACE` | expires |
//! | part of an index segment | `SRC#<source>#<job>` | `SEG#<part>` | |
//! | pointer to the segment that is current | `IDX#<chatbot>` | `SRC#<source>` | |
//! | webhook of a chatbot | `HOOKS#<chatbot>` | `HOOK#<webhook>` | |
//! | webhook of a whole workspace | `HOOKS#WS#<workspace>` | `HOOK#<webhook>` | |
//! | where a webhook is that its workspace lists | `HOOKS#WS#<workspace>` | `AT#<webhook>` | |
//! | callback of an agent loop | `HOOKS#LOOP#<loop>` | `HOOK#<webhook>` | |
//! | delivery | `HOOK#<webhook>` | `DLV#<time>#<delivery>` | `due` while waiting; expires |
//! | mail that was sent | `MAIL#<event>` | `MAIL` | expires |
//! | tombstone of what was deleted | `PURGE#<id>` | `<what of it>` | `due` until all of it is gone; then expires |
//! | failures of a record of the stream | `FAILED#<consumer>` | `<place in the stream>` | expires |
//! | checkpoint of a stream consumer | `CHECKPOINT#<consumer>` | `SHARD#<shard>` | expires |
//!
//! # Access patterns
//!
//! | what | how | read units |
//! |---|---|---|
//! | who is calling | get `KEY#` or `SESSION#` | 1 |
//! | members of a workspace, and who was invited | query `WS#… / MEMBER#`, `INVITE#` | by size, bounded by 101 members and 140 invitations |
//! | queues that a workspace may name | get | 1 |
//! | sessions of a user | query `USER#… / SESSION#` | by size |
//! | a code | get `CODE#` | 1 |
//! | all workspaces | query `WORKSPACES#…`, one of [`WORKSPACE_SHARDS`] shards at a time | by size |
//! | one chatbot of a workspace | get | 1 |
//! | chatbots of a workspace, with counters | query `WS#… / BOT#`, batch get `COUNT` | by size |
//! | one conversation | get, then query its turns | 1 + by size |
//! | all that was said in a conversation | query `CONV#…` from `TSAY#` to `TURN#~` | by size |
//! | what changed in an inbox | query `INBOX#…` from a time on | 0.5 while nothing did |
//! | whose a conversation is | query `CONV#… / TURN#`, one item | 1 or by its size |
//! | the turn of an answer | query `list` `MSG#…` and get where it opened a conversation | 1 + by size |
//! | what led to an answer | as the turn of an answer, and get | 1 + by size |
//! | conversations, newest first | query `BOT#… / CONV#` backwards | by size |
//! | the same, from an offset | query `DAY#` backwards, get `HOUR#`, get `MINUTE#`, then as above | 2 + by days and size |
//! | conversations of a status | query `list` backwards, batch get | by size |
//! | conversations of a session | query `list` `SESSION#…` | by size, bounded by 1,000 |
//! | conversations unanswered, or rated | query `list` `MARKED#…`, up to three of six, batch get | by size |
//! | first turns of conversations | batch get | by size |
//! | counters of days, with visitors and questions | query `DAY#`, `VISITORS#`, `TOP#` | by days and size |
//! | unanswered questions that were not answered since | query `TOP#`, query `LEARNED#`, batch get `SRC#` | by days and size |
//! | leads, newest first; a search, over the newest 1,000 | query `BOT#… / LEAD#` backwards | by size |
//! | a call against its limit | one conditional update of `USE#` | |
//! | a call against a client's rate | one conditional update of `RATE#` | |
//! | how many conversations, how many leads | get `COUNT` | 1 |
//! | what a chatbot knows | query `IDX#`, then the segments not in memory yet | by size, once a version |
//! | sources of a chatbot | query `BOT#… / SRC#` | by size |
//! | passages near a vector | search `vectors`, batch get | bytes, and by size |
//! | whether a crawl is complete | get, by its counter | 1 |
//! | which links of a page are new | batch get `SRC#…#… / PAGE#` | by their number |
//! | the result of a crawl | query `SRC#…#…` | by size, once a crawl |
//! | a place or a turn at a host | conditional update of `HOST#…`; a turn is read first | 1 |
//! | an integration | get | 1 |
//! | integrations of a chatbot | the chatbot's item has their ids; batch get | by size, once a version |
//! | a channel | get | 1 |
//! | channels of a chatbot | query `BOT#… / CHAN#`, batch get | by size |
//! | whether a message is known | condition on its put | |
//! | entries of a peer that are not settled | query `PEER#…#… / IN#` or `OUT#` from the last settled place | by size |
//! | who works on a peer's entries | conditional update, which returns the peer | |
//! | peers of a deleted channel | query `list` `PEERS#…` | by size |
//! | agent loops of a workspace | query `WS#… / LOOP#` | by size, bounded by 200 loops |
//! | an execution | get | 1 |
//! | executions of a loop, newest first | query `LOOP#… / EXEC#` backwards, batch get `RESULT` | by size, bounded by the newest 1,000 |
//! | what an execution did | query `EXEC#…` | by size |
//! | branding, widget, retention | get | 1 |
//! | subscriptions to a chatbot's events | query `HOOKS#… / HOOK#` of chatbot and workspace | by size |
//! | a workspace's webhooks, whatever their chatbots | query `HOOKS#WS#… / AT#`, batch get | by size |
//! | deliveries of a webhook, newest first | query `HOOK#… / DLV#` backwards | by size, bounded by 1,000 |
//! | a delivery, by its id | get: the id says its time | 1 or by its size |
//! | whether there is room for one more webhook | condition on a counter in the chatbot or workspace | |
//! | whether a mail was sent | get | 1 |
//! | how far a deletion has come | query `PURGE#…` | 1 |
//! | how far a consumer has come | query `CHECKPOINT#…` | by size, bounded by the shards of a month |
//! | what is due | query `due`, each of a kind's [`DUE_SHARDS`] shards | by size |
//!
//! Another tenant's id finds nothing, since each of these begins at the caller's own workspace or
//! chatbot; where a conversation's id is all there is, its first turn says whose it is, before
//! anything else is read. Nothing is ever read by scanning.

mod kind;
mod partitions;
mod parts;
mod prefixes;
mod settings;

use domain::{
    AgentLoopId, ChannelId, ChatbotId, CodePurpose, ConversationId, CrawlId, DeliveryId, EventId,
    ExecutionId, GroupId, HostName, IntegrationId, InvitationId, KeyId, LeadId, MessageId, PeerKey,
    Scope, SessionId, SourceId, Subdomain, Timestamp, UserId, WebhookId, WorkspaceId,
};
use sha2::{Digest, Sha256};

pub use kind::ItemKind;
pub use partitions::*;
pub use parts::{Mark, QuestionKind};
pub use prefixes::*;
pub use settings::*;

/// Name of the partition key.
pub const PK: &str = "pk";
/// Name of the sort key.
pub const SK: &str = "sk";
/// Index of everything that has a time; sparse, keys only.
pub const DUE_INDEX: &str = "due";
/// Index that lists by something else than the base key; sparse, keys only.
pub const LIST_INDEX: &str = "list";
/// Vector index over passages, where the deployment has one; keys only.
pub const VECTOR_INDEX: &str = "vectors";
/// How many shards each kind has in the `due` index.
pub const DUE_SHARDS: u8 = 4;

/// How many shards the list of workspaces has.
pub const WORKSPACE_SHARDS: u8 = 4;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Sort.
    pub sk: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

/// Lower-case hex of the SHA-256 of `text`.
pub fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// A workspace.
pub fn workspace(id: WorkspaceId) -> Key {
    key(workspace_partition(id), "META")
}
/// What a workspace has used of `what` in a UTC month, such as `2026-02`.
pub fn usage(id: WorkspaceId, what: &str, month: &str) -> Key {
    key(usage_partition(id), format!("{what}#{month}"))
}
/// What a client has done of `what` in the window of time that began at `begun`.
pub fn rate(client: &str, what: &str, begun: Timestamp) -> Key {
    key(format!("RATE#{client}"), format!("{what}#{begun}"))
}
/// A user, by e-mail address in lower case.
pub fn user(email: &str) -> Key {
    key(format!("USER#{email}"), "USER")
}
/// A code that was sent to an address, by its hash.
pub fn code(hash: &str) -> Key {
    key(format!("CODE#{hash}"), "CODE")
}
/// A request for a code to be sent to an address, which is in lower case.
pub fn code_request(email: &str, purpose: CodePurpose) -> Key {
    key(format!("USER#{email}"), format!("CODE#{}", purpose.name()))
}
/// A member of a workspace.
pub fn member(workspace: WorkspaceId, user: UserId) -> Key {
    key(workspace_partition(workspace), format!("{MEMBER}{user}"))
}
/// The queues that webhooks of a workspace may name.
pub fn queues(workspace: WorkspaceId) -> Key {
    key(workspace_partition(workspace), "QUEUES")
}
/// An invitation to a workspace.
pub fn invitation(workspace: WorkspaceId, id: InvitationId) -> Key {
    key(workspace_partition(workspace), format!("{INVITATION}{id}"))
}
/// A session, in the list of the user with this address.
pub fn session_entry(email: &str, id: SessionId) -> Key {
    key(format!("USER#{email}"), format!("{SESSION_ENTRY}{id}"))
}
/// Where a workspace is, for who has to find them all.
pub fn workspace_entry(id: WorkspaceId) -> Key {
    let digest = Sha256::digest(id.to_string());
    key(workspaces_partition(digest[0] % WORKSPACE_SHARDS), format!("{WORKSPACE}{id}"))
}
/// Partition of the workspaces of one shard.
pub fn workspaces_partition(shard: u8) -> String {
    format!("WORKSPACES#{shard}")
}
/// A session, by the hash of its token.
pub fn session(hash: &str) -> Key {
    key(format!("SESSION#{hash}"), "SESSION")
}
/// A link that signs a member in once, by the hash of its token.
pub fn sign_in_link(hash: &str) -> Key {
    key(format!("SIGNIN#{hash}"), "SIGNIN")
}
/// An API key, by the hash of its secret.
pub fn api_key(hash: &str) -> Key {
    key(format!("KEY#{hash}"), "KEY")
}
/// An API key, in its workspace's list.
pub fn api_key_entry(workspace: WorkspaceId, id: KeyId) -> Key {
    key(workspace_partition(workspace), format!("{API_KEY_ENTRY}{id}"))
}
/// The first answer to a write that may be repeated, by the hashes of the caller's secret and of
/// the `Idempotency-Key`.
pub fn idempotency(caller: &str, name: &str) -> Key {
    key(format!("ONCE#{caller}"), name)
}
/// A chatbot.
pub fn chatbot(workspace: WorkspaceId, id: ChatbotId) -> Key {
    key(workspace_partition(workspace), format!("{CHATBOT}{id}"))
}
/// An integration.
pub fn integration(workspace: WorkspaceId, id: IntegrationId) -> Key {
    key(workspace_partition(workspace), format!("{INTEGRATION}{id}"))
}
/// A channel.
pub fn channel(id: ChannelId) -> Key {
    key(format!("CHAN#{id}"), "CHANNEL")
}
/// Where a channel of a chatbot is.
pub fn channel_pointer(chatbot: ChatbotId, id: ChannelId) -> Key {
    key(chatbot_partition(chatbot), format!("{CHANNEL_POINTER}{id}"))
}
/// A peer of a channel.
pub fn peer(channel: ChannelId, peer: &PeerKey) -> Key {
    key(peer_partition(channel, peer), "PEER")
}
/// An entry of a peer, by its place.
pub fn peer_entry(channel: ChannelId, peer: &PeerKey, place: &str) -> Key {
    key(peer_partition(channel, peer), place)
}
/// An agent loop.
pub fn agent_loop(workspace: WorkspaceId, id: AgentLoopId) -> Key {
    key(workspace_partition(workspace), format!("{AGENT_LOOP}{id}"))
}
/// An execution of an agent loop.
pub fn execution(agent_loop: AgentLoopId, id: ExecutionId) -> Key {
    key(executions_partition(agent_loop), format!("{EXECUTION}{id}"))
}
/// What an execution said and called. Apart from the execution, whose reads and writes would pay for
/// its size.
pub fn execution_result(id: ExecutionId) -> Key {
    key(execution_partition(id), "RESULT")
}
/// A step of an execution.
pub fn execution_step(id: ExecutionId, number: u32) -> Key {
    key(execution_partition(id), format!("{STEP}{number:05}"))
}
/// A place of a workspace among the executions that run.
pub fn execution_slot(workspace: WorkspaceId, number: u8) -> Key {
    key(slots_partition(workspace), format!("SLOT#{number}"))
}
/// The request to fill a chatbot, which is a copy.
pub fn chatbot_copy(id: ChatbotId) -> Key {
    key(chatbot_partition(id), "COPY")
}
/// The claim of a subdomain by one chatbot of all.
pub fn subdomain(name: &Subdomain) -> Key {
    key(format!("SUBDOMAIN#{}", name.as_str()), "SUBDOMAIN")
}
/// The proof that a custom domain leads to one chatbot of all.
pub fn custom_domain(name: &HostName) -> Key {
    key(format!("DOMAIN#{}", name.as_str()), "DOMAIN")
}
/// The counters of a chatbot.
pub fn counters(id: ChatbotId) -> Key {
    key(chatbot_partition(id), "COUNT")
}
/// The counters of one UTC day, such as `2026-02-15`.
pub fn day(id: ChatbotId, day: &str) -> Key {
    key(chatbot_partition(id), format!("{DAY}{day}"))
}
/// The counters of one UTC hour, such as `2026-02-15T10`: of each of its minutes.
pub fn hour(id: ChatbotId, hour: &str) -> Key {
    key(chatbot_partition(id), format!("{HOUR}{hour}"))
}
/// The counters of one UTC minute, such as `2026-02-15T10:30`: of each tenth of its seconds.
pub fn minute(id: ChatbotId, minute: &str) -> Key {
    key(chatbot_partition(id), format!("{MINUTE}{minute}"))
}
/// A part of the visitors of one UTC day.
pub fn visitors(id: ChatbotId, day: &str, part: u32) -> Key {
    key(chatbot_partition(id), format!("{VISITORS}{day}#{part}"))
}
/// The questions of one UTC day that were asked most.
pub fn sketch(id: ChatbotId, kind: QuestionKind, day: &str) -> Key {
    key(chatbot_partition(id), format!("{}{day}", sketches(kind)))
}
/// Sort key prefix of the questions of one kind in a chatbot.
pub fn sketches(kind: QuestionKind) -> String {
    format!("{TOP}{}#", kind.name())
}
/// That a group of unanswered questions was answered.
pub fn learned(chatbot: ChatbotId, group: GroupId) -> Key {
    key(chatbot_partition(chatbot), format!("{LEARNED}{group}"))
}
/// The mark of a conversation.
pub fn mark(conversation: ConversationId) -> Key {
    key(conversation_partition(conversation), "MARK")
}
/// A conversation.
pub fn conversation(chatbot: ChatbotId, id: ConversationId) -> Key {
    key(chatbot_partition(chatbot), format!("{CONVERSATION}{id}"))
}
/// A turn.
pub fn turn(conversation: ConversationId, id: MessageId) -> Key {
    key(conversation_partition(conversation), format!("{TURN}{id}"))
}
/// A message outside of a turn.
pub fn direct_message(conversation: ConversationId, id: MessageId) -> Key {
    key(conversation_partition(conversation), format!("{DIRECT}{id}"))
}
/// That a conversation of a workspace changed at a time.
pub fn feed_entry(workspace: WorkspaceId, at: Timestamp, conversation: ConversationId) -> Key {
    key(feed_partition(workspace), format!("{at}#{conversation}"))
}
/// The trace of a turn.
pub fn trace(conversation: ConversationId, id: MessageId) -> Key {
    key(conversation_partition(conversation), format!("TRACE#{id}"))
}
/// A lead.
pub fn lead(chatbot: ChatbotId, id: LeadId) -> Key {
    key(chatbot_partition(chatbot), format!("{LEAD}{id}"))
}
/// A source.
pub fn source(chatbot: ChatbotId, id: SourceId) -> Key {
    key(chatbot_partition(chatbot), format!("{SOURCE}{id}"))
}
/// The claim of a URL by one source of a chatbot.
pub fn source_url(chatbot: ChatbotId, url: &str) -> Key {
    key(chatbot_partition(chatbot), format!("SRCURL#{}", sha256(url)))
}
/// A page of a crawl.
pub fn page(source: SourceId, job: CrawlId, url: &str) -> Key {
    key(crawl_partition(source, job), format!("{PAGE}{}", sha256(url)))
}
/// Where a page of a crawl leads.
pub fn links(source: SourceId, job: CrawlId, url: &str) -> Key {
    key(crawl_partition(source, job), format!("LINKS#{}", sha256(url)))
}
/// A chunk of a page. Twenty hex digits of the URL's hash tell pages of one crawl apart.
pub fn chunk(source: SourceId, job: CrawlId, url: &str, place: usize) -> Key {
    key(crawl_partition(source, job), format!("{CHUNK}{}#{place:05}", &sha256(url)[..20]))
}
/// Part of what the passages of a page mean.
pub fn meaning(source: SourceId, job: CrawlId, url: &str, part: usize) -> Key {
    key(crawl_partition(source, job), format!("{MEANING}{}#{part:05}", &sha256(url)[..20]))
}
/// A place at a host that is crawled.
pub fn host_place(origin: &str, number: u8) -> Key {
    key(format!("HOST#{origin}"), format!("PLACE#{number}"))
}
/// When the next turn is at a host that is crawled.
pub fn host_pace(origin: &str) -> Key {
    key(format!("HOST#{origin}"), "PACE")
}
/// A part of the index segment of a crawl.
pub fn segment_part(source: SourceId, job: CrawlId, part: usize) -> Key {
    key(crawl_partition(source, job), format!("{SEGMENT}{part:05}"))
}
/// The pointer to a source's current segment.
pub fn index_pointer(chatbot: ChatbotId, source: SourceId) -> Key {
    key(index_partition(chatbot), format!("{SOURCE}{source}"))
}
/// A webhook.
pub fn webhook(scope: Scope, id: WebhookId) -> Key {
    key(webhooks_partition(scope), format!("{WEBHOOK}{id}"))
}
/// Where a chatbot's webhook is, for those who know its workspace alone.
pub fn webhook_pointer(workspace: WorkspaceId, id: WebhookId) -> Key {
    key(webhooks_partition(Scope::Workspace(workspace)), format!("{WEBHOOK_POINTER}{id}"))
}
/// A delivery.
pub fn delivery(webhook: WebhookId, at: Timestamp, id: DeliveryId) -> Key {
    key(deliveries_partition(webhook), format!("{DELIVERY}{at}#{id}"))
}
/// That the mail about an event was sent.
pub fn mail(event: EventId) -> Key {
    key(format!("MAIL#{event}"), "MAIL")
}
/// That something with this id was deleted, and what of it is to be cleared away.
pub fn tombstone(id: &str, what: &str) -> Key {
    key(tombstones_partition(id), what)
}
/// Partition of what was deleted under an id.
pub fn tombstones_partition(id: &str) -> String {
    format!("PURGE#{id}")
}
/// How often a consumer has failed on a record of the stream.
pub fn failure(consumer: &str, sequence: &str) -> Key {
    key(format!("FAILED#{consumer}"), sequence)
}
/// How far a consumer has come on a shard of the stream.
pub fn checkpoint(consumer: &str, shard: &str) -> Key {
    key(checkpoints_partition(consumer), format!("{SHARD}{shard}"))
}
/// Partition of how far a consumer has come.
pub fn checkpoints_partition(consumer: &str) -> String {
    format!("CHECKPOINT#{consumer}")
}

/// Partition of the `due` index for `shard`, whatever is in it: of rows from before each kind had
/// partitions of its own.
pub fn due_partition(shard: u8) -> String {
    format!("DUE#{shard}")
}
/// Partition of the `due` index for the item at `key`: one of its kind, so that much of one kind
/// never delays another.
pub fn due_partition_of(key: &Key) -> String {
    due_partition_of_kind(key.kind(), due_shard(key))
}
fn due_partition_of_kind(kind: ItemKind, shard: u8) -> String {
    format!("DUE#{}#{shard}", kind.due_name())
}
/// All partitions of the `due` index, each with the name of what is in it.
pub fn due_partitions() -> Vec<(&'static str, String)> {
    let mixed = (0..DUE_SHARDS).map(|shard| ("mixed", due_partition(shard)));
    let own = ItemKind::DUE.into_iter().flat_map(|kind| {
        (0..DUE_SHARDS).map(move |shard| (kind.due_name(), due_partition_of_kind(kind, shard)))
    });
    mixed.chain(own).collect()
}
/// The shard of the `due` index that the item at `key` belongs to.
pub fn due_shard(key: &Key) -> u8 {
    let digest = Sha256::digest(format!("{}\n{}", key.pk, key.sk).as_bytes());
    digest[0] % DUE_SHARDS
}

#[cfg(test)]
mod tests;
