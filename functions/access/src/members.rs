use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use colloquy_http::{Body, FromHome, PathParams, Problem, SignedIn};
use dialects::{
    colloquy::{
        access::SessionOut,
        members::{InvitationIn, InvitationOut, JoinIn, MemberOut, MembersOut, RoleIn},
    },
    openbat::Openbat,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Ctx, colloquy::with_cookie};

type Reply<T> = Result<T, Problem<Openbat>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_members))
        .routes(routes!(invite_member))
        .routes(routes!(withdraw_invitation))
        .routes(routes!(set_member_role, remove_member))
        .routes(routes!(join_workspace))
}

/// List members
///
/// Everybody in the workspace with their roles, and who was invited and has not come yet.
#[utoipa::path(get, path = "/api/v1/members", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    responses((status = 200, body = MembersOut)))]
async fn list_members(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
) -> Reply<Json<MembersOut>> {
    let found = ctx.app.members(&member).await?;
    Ok(Json(MembersOut {
        data: found.members.iter().map(MemberOut::from).collect(),
        invitations: found.invitations.iter().map(InvitationOut::from).collect(),
    }))
}

/// Invite a member
///
/// Sends a code to the address, with which its owner joins the workspace; it is valid for seven days. An
/// earlier invitation of the same address is no longer valid for its role. At most 20 a day.
#[utoipa::path(post, path = "/api/v1/members/invitations", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    request_body = InvitationIn,
    responses((status = 201, body = InvitationOut)))]
async fn invite_member(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Body(InvitationIn { email, role }, _): Body<Openbat, InvitationIn>,
) -> Reply<(StatusCode, Json<InvitationOut>)> {
    let invitation = ctx.app.invite(member.workspace_id, email.as_deref(), role.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(InvitationOut::from(&invitation))))
}

/// Withdraw an invitation
///
/// Its code is good for nothing any more.
#[utoipa::path(delete, path = "/api/v1/members/invitations/{id}", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Invitation ID")),
    responses((status = 204, description = "Done")))]
async fn withdraw_invitation(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<StatusCode> {
    ctx.app.withdraw_invitation(member.workspace_id, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change a member's role
///
/// It holds from their next request on. At least one owner stays.
#[utoipa::path(patch, path = "/api/v1/members/{id}", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "The member's user ID")),
    request_body = RoleIn,
    responses((status = 200, body = MemberOut)))]
async fn set_member_role(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
    Body(RoleIn { role }, _): Body<Openbat, RoleIn>,
) -> Reply<Json<MemberOut>> {
    let found = ctx.app.set_role(member.workspace_id, id.parse()?, role.as_deref()).await?;
    Ok(Json(MemberOut::from(&found)))
}

/// Remove a member
///
/// All of their sessions end at once, and their account is gone. API keys stay. At least one owner
/// stays.
#[utoipa::path(delete, path = "/api/v1/members/{id}", tag = "access",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "The member's user ID")),
    responses((status = 204, description = "Done")))]
async fn remove_member(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<StatusCode> {
    ctx.app.remove_member(member.workspace_id, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Join a workspace
///
/// With the code of an invitation: whoever has read it has the address, and is a member from then on.
/// The session comes as a cookie, whose value may be sent as Bearer too.
#[utoipa::path(post, path = "/api/v1/auth/join", tag = "access",
    request_body = JoinIn,
    responses((status = 201, body = SessionOut,
        headers(("Set-Cookie" = String, description = "The session, for 14 days.")))))]
async fn join_workspace(
    State(ctx): State<Ctx>,
    FromHome: FromHome,
    headers: HeaderMap,
    Body(JoinIn { code, password }, _): Body<Openbat, JoinIn>,
) -> Reply<Response> {
    let session = ctx.app.join(code.as_deref(), password.as_deref()).await?;
    Ok(with_cookie(StatusCode::CREATED, &headers, &session))
}
