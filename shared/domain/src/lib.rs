//! What Colloquy is about, without a word on how it is stored, sent or named in any API.
//!
//! Entities are plain structs, ids are types, times are [`Timestamp`]s, and whatever goes wrong
//! is one [`Error`] of a closed [`ErrorKind`]. Values from outside become domain values through
//! the constructors in [`bounds`], which name the field and the bound that was broken.

pub mod access;
pub mod agent_loops;
pub mod bounds;
pub mod branding;
pub mod channel;
pub mod chatbot;
pub mod conversation;
pub mod deliveries;
pub mod dialect;
pub mod erasure;
pub mod error;
pub mod event;
pub mod filter;
pub mod id;
pub mod inbox;
pub mod integration;
pub mod lead;
pub mod members;
pub mod page;
pub mod period;
pub mod plan;
pub mod questions;
pub mod renderer;
pub mod retention;
pub mod search;
pub mod source;
pub mod time;
pub mod trace;
pub mod unanswered;
pub mod visitors;
pub mod webhook;
pub mod widget;
pub mod wire;

pub use access::{
    AddressCode, ApiKey, CodePurpose, CodeRequest, KeyKind, Member, Principal, Session,
    SessionEntry, SignupMode, User, Workspace,
};
pub use agent_loops::{
    AgentExecution, AgentLoop, AgentLoopFilter, AgentLoopPatch, AgentLoopStatus, BuiltinTool,
    ExecutionEnd, ExecutionFilter, ExecutionResult, ExecutionStatus, ExecutionStep,
    ExecutionTrigger, ModelCallRecord, NewAgentLoop, ToolCallRecord, ToolServer, ToolServerEra,
    ToolServerInput,
};
pub use branding::{Branding, BrandingPatch, HostName, Logo, LogoType, Subdomain, SubdomainClaim};
pub use channel::{
    Channel, ChannelEntry, ChannelFilter, ChannelOrigin, ChannelPatch, ChannelPeer, ChannelStatus,
    EntryState, MinuteCount, NewChannel, PeerKey,
};
pub use chatbot::{AnswerFrom, Chatbot};
pub use conversation::{
    BackendReport, BackendResult, Citation, Conversation, ConversationStatus, HandoffStatus,
    Platform, Turn,
};
pub use deliveries::{DeliveryCursor, DeliveryPage, DeliveryQuery, ReplayRange};
pub use dialect::{Dialect, DialectProfile};
pub use erasure::VisitorPlace;
pub use error::{Error, ErrorKind, FieldError, Result};
pub use event::{Event, EventBody};
pub use filter::{ChatbotFilter, ConversationFilter, Order, QuestionFilter, WebhookFilter};
pub use id::{
    AgentLoopId, ChannelId, ChatbotId, ConversationId, CrawlId, DeliveryId, EventId, ExecutionId,
    GroupId, IntegrationId, InvitationId, KeyId, LeadId, MessageId, SessionId, SourceId, UserId,
    VisitorErasureId, WebhookId, WorkspaceId,
};
pub use inbox::{
    DirectAuthor, DirectMessage, InboxCursor, InboxPatch, InboxQuery, Speaker, TranscriptEntry,
    TranscriptMessage,
};
pub use integration::{
    BackendKind, Integration, IntegrationFilter, IntegrationPatch, IntegrationStatus,
    NewIntegration, SealedHeader,
};
pub use lead::Lead;
pub use members::{Access, Invitation, Role, WorkspaceMember};
pub use page::ListPage;
pub use period::Period;
pub use plan::{CallLimits, Feature, Plan, Plans};
pub use renderer::{Context, EventRenderer, RenderedEvent, RequiredData};
pub use retention::Retention;
pub use source::{
    ChatbotCopy, CopiedFrom, Source, SourceFile, SourceKind, SourceStatus, SyncFrequency,
};
pub use time::{Days, Timestamp};
pub use trace::{
    TracedAttempt, TracedBackend, TracedMessage, TracedPassage, TracedSearch, TurnTrace,
};
pub use webhook::{
    Attempt, AutoDisabled, Delivery, DeliveryStatus, DisableReason, LoopCallback, OpenCircuit,
    RetiredSecret, Scope, Webhook, WebhookPatch, WebhookStatus,
};
pub use widget::{Widget, WidgetFields, WidgetPosition};
