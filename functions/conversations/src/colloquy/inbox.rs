use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Ctx, Params, PathParams, PollingMember, Problem, SignedIn};
use dialects::{
    colloquy::inbox::{
        ChangesOut, ConversationOut, ConversationPatch, ConversationsOut, FoundOut, MessageIn,
        PatchedOut, SentOut, channel,
    },
    openbat::Openbat,
};
use domain::{
    Error, InboxCursor, InboxQuery, Result as DomainResult, Timestamp, TranscriptMessage, bounds,
    inbox::direct_text,
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<T, Problem<Openbat>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_inbox))
        .routes(routes!(get_inbox_conversation, patch_inbox_conversation))
        .routes(routes!(reply))
        .routes(routes!(list_changes))
}

#[derive(Debug, Deserialize)]
struct ListParams {
    status: Option<String>,
    chatbot: Option<String>,
    channel: Option<String>,
    text: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

fn query(params: ListParams) -> DomainResult<InboxQuery> {
    let ListParams { status, chatbot, channel: platform, text, cursor, limit } = params;
    let text = text.map(|text| bounds::text("text", &text, bounds::SEARCH)).transpose()?;
    Ok(InboxQuery {
        chatbot: chatbot.as_deref().map(str::parse).transpose()?,
        status: status.as_deref().map(str::parse).transpose()?,
        channel: channel(platform.as_deref())?,
        text: text.filter(|text| !text.is_empty()),
        cursor: cursor.as_deref().map(InboxCursor::parse).transpose()?,
        limit: bounds::number("limit", limit.as_deref(), 20, (1, 100))?,
    })
}

/// List the inbox
///
/// Conversations of the workspace's chatbots, newest first. A workspace with more than 50 chatbots
/// names one. `channel` looks at up to 1,000 conversations a page, and `text` besides at the messages of
/// up to 100 of them: a page may be empty and have a next one.
#[utoipa::path(get, path = "/api/v1/inbox/conversations", tag = "inbox",
    security(("session" = []), ("sessionBearer" = [])),
    params(
        ("status" = Option<String>, Query, description = "One of active, closed, archived, handed_off"),
        ("chatbot" = Option<String>, Query, format = "uuid", description = "With this chatbot"),
        ("channel" = Option<String>, Query, description = "One of telegram, slack, discord, whatsapp, messenger, web"),
        ("text" = Option<String>, Query, min_length = 0, max_length = 100,
            description = "In a message, the visitor's id, the address they left or the reason of the handoff"),
        ("cursor" = Option<String>, Query, format = "uuid", description = "Of the page before"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "default 20")),
    responses((status = 200, body = ConversationsOut)))]
async fn list_inbox(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Params(params, _): Params<Openbat, ListParams>,
) -> Reply<Json<ConversationsOut>> {
    let page = ctx.app.inbox(member.workspace_id, &query(params)?).await?;
    let rows = page.rows.into_iter();
    Ok(Json(ConversationsOut {
        conversations: rows.map(|row| FoundOut::new(row.conversation, row.excerpt)).collect(),
        cursor: page.cursor.map(|InboxCursor(id)| id.to_string()),
    }))
}

/// Get a conversation
///
/// With all that was said in it.
#[utoipa::path(get, path = "/api/v1/inbox/conversations/{id}", tag = "inbox",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "The conversation")),
    responses((status = 200, body = ConversationOut)))]
async fn get_inbox_conversation(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<Json<ConversationOut>> {
    let found = ctx.app.inbox_conversation(member.workspace_id, id.parse()?).await?;
    Ok(Json(ConversationOut::new(found.0, found.1)))
}

/// Reply
///
/// A member answers. The conversation is the team's from then on (`handed_off`), its chatbot is
/// silent, and the member looks after it unless another does. With an `Idempotency-Key`, a reply that
/// is sent again is stored once.
#[utoipa::path(post, path = "/api/v1/inbox/conversations/{id}/messages", tag = "inbox",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "The conversation")),
    request_body = MessageIn,
    responses((status = 201, body = SentOut)))]
async fn reply(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
    Body(MessageIn { content }, _): Body<Openbat, MessageIn>,
) -> Reply<(StatusCode, Json<SentOut>)> {
    let text = direct_text(content.as_deref())?;
    let message = ctx.app.reply(&member, id.parse()?, text).await?;
    let message = TranscriptMessage::from(message).into();
    Ok((StatusCode::CREATED, Json(SentOut { message })))
}

/// Change a conversation
///
/// Its status or its assignee, at least one.
#[utoipa::path(patch, path = "/api/v1/inbox/conversations/{id}", tag = "inbox",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "The conversation")),
    request_body = ConversationPatch,
    responses((status = 200, body = PatchedOut)))]
async fn patch_inbox_conversation(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
    Body(patch, _): Body<Openbat, ConversationPatch>,
) -> Reply<Json<PatchedOut>> {
    let patch = patch.try_into()?;
    let conversation = ctx.app.patch_inbox(member.workspace_id, id.parse()?, patch).await?;
    Ok(Json(PatchedOut { conversation: conversation.into() }))
}

#[derive(Debug, Deserialize)]
struct ChangesParams {
    since: Option<String>,
}

/// List changes of the inbox
///
/// For polling: conversations that began, changed hands or status, or in which a person takes part.
/// One read while nothing changed. Without `since`, only where to begin.
#[utoipa::path(get, path = "/api/v1/inbox/changes", tag = "inbox",
    security(("session" = []), ("sessionBearer" = [])),
    params(("since" = Option<String>, Query, format = "date-time",
        description = "The cursor of the answer before")),
    responses((status = 200, body = ChangesOut)))]
async fn list_changes(
    State(ctx): State<Ctx>,
    PollingMember(member): PollingMember,
    Params(ChangesParams { since }, _): Params<Openbat, ChangesParams>,
) -> Reply<Json<ChangesOut>> {
    let wrong = || Error::field("since", "must be the cursor of an earlier answer");
    let since = since.map(|text| Timestamp::parse(&text).ok_or_else(wrong)).transpose()?;
    let changes = ctx.app.inbox_changes(member.workspace_id, since).await?;
    Ok(Json(ChangesOut {
        conversations: changes.conversations.into_iter().map(Into::into).collect(),
        cursor: changes.cursor.to_string(),
        reset: changes.is_reset,
    }))
}
