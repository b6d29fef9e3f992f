use app::access::accounts::{NewMember, NewSession, SESSION};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use colloquy_http::{
    Body, CalledFrom, FromHome, PathParams, Problem, SessionToken, SignedIn, session_cookie,
};
use dialects::{
    colloquy::access::{KeyIn, KeyOut, KeysOut, LinkIn, LogInIn, NewKeyOut, SessionOut, SignUpIn},
    openbat::Openbat,
};
use domain::bounds;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<Openbat>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(log_in))
        .routes(routes!(log_in_by_link))
        .routes(routes!(log_out))
        .routes(routes!(get_session))
        .routes(routes!(list_keys, create_key))
        .routes(routes!(delete_key))
}

/// Sign up
///
/// Makes an organization with its first member. A deployment that is not open to everybody takes an
/// invitation. The session comes as a cookie, whose value may be sent as Bearer too.
#[utoipa::path(post, path = "/api/v1/auth/signup", tag = "access",
    request_body = SignUpIn,
    responses((status = 201, body = SessionOut,
        headers(("Set-Cookie" = String, description = "The session, for 14 days.")))))]
async fn sign_up(
    State(ctx): State<Ctx>,
    FromHome: FromHome,
    headers: HeaderMap,
    Body(SignUpIn { email, password, organization, invitation }, _): Body<Openbat, SignUpIn>,
) -> Reply<Response> {
    let new = NewMember::new(email.as_deref(), password.as_deref(), organization.as_deref())?;
    let session = ctx.app.sign_up(new.invited_by(invitation), ctx.rules).await?;
    Ok(with_cookie(StatusCode::CREATED, &headers, &session))
}

/// Sign in
///
/// The session comes as a cookie, whose value may be sent as Bearer too.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "access",
    request_body = LogInIn,
    responses((status = 200, body = SessionOut,
        headers(("Set-Cookie" = String, description = "The session, for 14 days.")))))]
async fn log_in(
    State(ctx): State<Ctx>,
    FromHome: FromHome,
    CalledFrom(address): CalledFrom,
    headers: HeaderMap,
    Body(LogInIn { email, password }, _): Body<Openbat, LogInIn>,
) -> Reply<Response> {
    let session =
        ctx.app.sign_in(email.as_deref(), password.as_deref(), address.as_deref()).await?;
    Ok(with_cookie(StatusCode::OK, &headers, &session))
}

/// Sign in by a link
///
/// A link works once, within an hour. `cargo dev` prints one for the console.
#[utoipa::path(post, path = "/api/v1/auth/link", tag = "access",
    request_body = LinkIn,
    responses((status = 200, body = SessionOut,
        headers(("Set-Cookie" = String, description = "The session, for 14 days.")))))]
async fn log_in_by_link(
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    Body(LinkIn { token }, _): Body<Openbat, LinkIn>,
) -> Reply<Response> {
    let token = bounds::required("token", token)?;
    let session = ctx.app.sign_in_by_link(&token).await?;
    Ok(with_cookie(StatusCode::OK, &headers, &session))
}

pub(crate) fn with_cookie(
    status: StatusCode,
    headers: &HeaderMap,
    session: &NewSession,
) -> Response {
    let cookie = session_cookie(headers, &session.token, SESSION.as_secs());
    let body = SessionOut::new(&session.member, &session.workspace);
    (status, [(SET_COOKIE, cookie)], Json(body)).into_response()
}

/// Sign out
///
/// Ends the session, if there is one.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "access",
    security((), ("session" = []), ("sessionBearer" = [])),
    responses((status = 204, description = "Done")))]
async fn log_out(
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    SessionToken(token): SessionToken,
) -> Reply<Response> {
    if let Some(token) = token {
        ctx.app.sign_out(&token).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, session_cookie(&headers, "", 0))]).into_response())
}

/// Get the session
///
/// Who is signed in, and where.
#[utoipa::path(get, path = "/api/v1/auth/session", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    responses((status = 200, body = SessionOut)))]
async fn get_session(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
) -> Reply<Json<SessionOut>> {
    let workspace = ctx.app.workspace(member.workspace_id).await?;
    Ok(Json(SessionOut::new(&member, &workspace)))
}

/// List API keys
///
/// Newest first, without the keys themselves.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    responses((status = 200, body = KeysOut)))]
async fn list_keys(State(ctx): State<Ctx>, SignedIn(member): SignedIn) -> Reply<Json<KeysOut>> {
    let keys = ctx.app.api_keys(member.workspace_id).await?;
    Ok(Json(KeysOut { data: keys.iter().map(KeyOut::from).collect() }))
}

/// Create an API key
///
/// It is shown this once.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    request_body = KeyIn,
    responses((status = 201, body = NewKeyOut)))]
async fn create_key(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Body(KeyIn { dialect, kind, chatbot_id }, _): Body<Openbat, KeyIn>,
) -> Reply<(StatusCode, Json<NewKeyOut>)> {
    let app = &ctx.app;
    let made = app
        .create_api_key(
            member.workspace_id,
            dialect.as_deref(),
            kind.as_deref(),
            chatbot_id.as_deref(),
        )
        .await?;
    let rest = KeyOut::from(&made.key);
    Ok((StatusCode::CREATED, Json(NewKeyOut { key: made.secret, rest })))
}

/// Revoke an API key
///
/// It is refused from the next request on.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Key ID")),
    responses((status = 204, description = "Done")))]
async fn delete_key(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<StatusCode> {
    ctx.app.revoke_api_key(member.workspace_id, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
