use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, CalledFrom, PathParams, Problem, SignedInSession};
use dialects::{
    colloquy::{
        account::{ClosingIn, CodeIn, EmailIn, PasswordIn, ResetIn, SessionsOut},
        erasures::ErasureOut,
    },
    openbat::Openbat,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<Openbat>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(change_password))
        .routes(routes!(request_reset))
        .routes(routes!(reset_password))
        .routes(routes!(request_confirmation))
        .routes(routes!(confirm_address))
        .routes(routes!(list_sessions))
        .routes(routes!(end_session))
        .routes(routes!(close_account))
        .routes(routes!(get_closing))
}

/// Close the account
///
/// With the workspace and everything in it: members, sessions, keys, chatbots, knowledge,
/// conversations, leads, webhooks. Only an owner may, with the password. Every key and session is
/// refused at once; the rest is cleared away in the background, and the receipt says how far that
/// has come.
#[utoipa::path(delete, path = "/api/v1/account", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    request_body = ClosingIn,
    responses((status = 202, body = ErasureOut)))]
async fn close_account(
    State(ctx): State<Ctx>,
    SignedInSession(session): SignedInSession,
    CalledFrom(address): CalledFrom,
    Body(ClosingIn { password }, _): Body<Openbat, ClosingIn>,
) -> Reply<(StatusCode, Json<ErasureOut>)> {
    let closed = ctx.app.close_account(&session, password.as_deref(), address.as_deref()).await?;
    let receipt = ErasureOut::new(closed.id, closed.requested_at, closed.completed_at);
    Ok((StatusCode::ACCEPTED, Json(receipt)))
}

/// Get the receipt of a closed account
///
/// By the id of the workspace that was, without a session, since there is none any more. It says
/// nothing of what was in the account, and is kept for 90 days.
#[utoipa::path(get, path = "/api/v1/auth/closures/{id}", tag = "access",
    params(("id" = String, Path, format = "uuid", description = "The workspace's id")),
    responses((status = 200, body = ErasureOut)))]
async fn get_closing(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<Json<ErasureOut>> {
    let found = ctx.app.closing(&id).await?;
    Ok(Json(ErasureOut::new(found.id, found.requested_at, found.completed_at)))
}

/// Change the password
///
/// Ends all other sessions.
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    request_body = PasswordIn,
    responses((status = 204, description = "Done")))]
async fn change_password(
    State(ctx): State<Ctx>,
    SignedInSession(session): SignedInSession,
    CalledFrom(address): CalledFrom,
    Body(PasswordIn { current_password, new_password }, _): Body<Openbat, PasswordIn>,
) -> Reply<StatusCode> {
    let (current, new) = (current_password.as_deref(), new_password.as_deref());
    ctx.app.change_password(&session, current, new, address.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request a new password
///
/// Sends a code to the address, if a member has it: at most one in five minutes. The answer is the
/// same if no member has.
#[utoipa::path(post, path = "/api/v1/auth/password-reset", tag = "access",
    request_body = EmailIn,
    responses((status = 204, description = "Done")))]
async fn request_reset(
    State(ctx): State<Ctx>,
    Body(EmailIn { email }, _): Body<Openbat, EmailIn>,
) -> Reply<StatusCode> {
    ctx.app.request_reset(email.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set a new password
///
/// With the code that was sent; it is valid for an hour, once. Ends all sessions.
#[utoipa::path(post, path = "/api/v1/auth/password-reset/complete", tag = "access",
    request_body = ResetIn,
    responses((status = 204, description = "Done")))]
async fn reset_password(
    State(ctx): State<Ctx>,
    Body(ResetIn { code, password }, _): Body<Openbat, ResetIn>,
) -> Reply<StatusCode> {
    ctx.app.reset_password(code.as_deref(), password.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request a confirmation of the address
///
/// Sends a code to the member's address: at most one in five minutes. Until it comes back nothing
/// else is sent to that address.
#[utoipa::path(post, path = "/api/v1/auth/confirmation", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    responses((status = 204, description = "Done")))]
async fn request_confirmation(
    State(ctx): State<Ctx>,
    SignedInSession(session): SignedInSession,
) -> Reply<StatusCode> {
    ctx.app.request_confirmation(&session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm the address
///
/// With the code that was sent; it is valid for a day, once.
#[utoipa::path(post, path = "/api/v1/auth/confirmation/complete", tag = "access",
    request_body = CodeIn,
    responses((status = 204, description = "Done")))]
async fn confirm_address(
    State(ctx): State<Ctx>,
    Body(CodeIn { code }, _): Body<Openbat, CodeIn>,
) -> Reply<StatusCode> {
    ctx.app.confirm_address(code.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List sessions
///
/// The member's own, newest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    responses((status = 200, body = SessionsOut)))]
async fn list_sessions(
    State(ctx): State<Ctx>,
    SignedInSession(session): SignedInSession,
) -> Reply<Json<SessionsOut>> {
    let found = ctx.app.sessions(&session).await?;
    Ok(Json(SessionsOut::new(&found, session.id)))
}

/// End a session
///
/// It is refused from the next request on.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Session ID")),
    responses((status = 204, description = "Done")))]
async fn end_session(
    State(ctx): State<Ctx>,
    SignedInSession(session): SignedInSession,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<StatusCode> {
    ctx.app.end_session(&session, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
