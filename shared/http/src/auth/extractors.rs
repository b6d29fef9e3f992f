//! Each kind of credential is an extractor.

use std::{convert::Infallible, marker::PhantomData};

use app::{App, access::usage::Calls};
use axum::{
    body::Bytes,
    extract::{FromRef, FromRequest, FromRequestParts, Request},
    http::{header::ORIGIN, request::Parts},
    response::Response,
};
use dialects::{DialectErrors, helpbot::Helpbot, openbat::Openbat};
use domain::{
    ChatbotId, Dialect, Error, KeyKind, Member, Principal, Result, Session, dialect::KeyPlace,
};

use super::{
    cookie::cookie,
    known::{member, principal},
    origin::check_origin,
    owner::Shown,
    roles::check_role,
    secret::{bearer, key_in_body, key_in_head},
};
use crate::{
    Ctx, Problem,
    body::read_body,
    calls::{count, count_concurrently},
    problem::render,
    visitor::{check_rate, client_address},
};

/// A key that may chat with its chatbot and leave something with it: a public one, or more. A
/// site's key is none in another dialect than its own.
#[derive(Debug)]
pub struct ChatKey<D> {
    /// Who calls.
    pub principal: Principal,
    /// The chatbot the key is for.
    pub chatbot: ChatbotId,
    dialect: PhantomData<D>,
}

/// A key that may manage its chatbot: a secret key.
#[derive(Debug)]
pub struct SecretKey<D> {
    /// Who calls.
    pub principal: Principal,
    /// The chatbot the key is for.
    pub chatbot: ChatbotId,
    dialect: PhantomData<D>,
}

/// A key that may chat, wherever the request carries it (Bearer, `?apiKey=`, `apiKey` in the
/// body), with the body. For the routes that two dialects share: the key decides which one it is.
#[derive(Debug)]
pub struct SharedRoute {
    /// Who calls.
    pub principal: Principal,
    /// The body, not read yet.
    pub body: Bytes,
}

/// A key that may manage its chatbot, on a route that two dialects share: a secret key, or a
/// site's.
#[derive(Debug)]
pub struct SharedManagement(pub Principal);

/// A helpbot site's key, wherever the request carries it (Bearer, `?apiKey=`, `apiKey` in the
/// body), with the body.
#[derive(Debug)]
pub struct SiteKey {
    /// Who calls.
    pub principal: Principal,
    /// The site the key is for.
    pub chatbot: ChatbotId,
    /// The body, not read yet; empty where the method has none.
    pub body: Bytes,
}

/// A key that may chat, in the header or the query, of whichever dialect: for what the widget reads
/// before anyone has said anything. The call counts against nothing.
#[derive(Debug)]
pub struct VisitorKey {
    /// Who calls.
    pub principal: Principal,
    /// The chatbot the key is for.
    pub chatbot: ChatbotId,
}

/// A key with which a page of a helpbot site does what its visitor wants: a site's or a widget's,
/// wherever the request carries it, with the body.
#[derive(Debug)]
pub struct PageKey {
    /// Who calls.
    pub principal: Principal,
    /// The site the key is for.
    pub chatbot: ChatbotId,
    /// The body, not read yet; empty where the method has none.
    pub body: Bytes,
}

/// A key for a whole workspace, of the dialect `D`. The call is counted against its plan.
#[derive(Debug)]
pub struct WorkspaceKey<D>(pub Principal, PhantomData<D>);

/// The same, for who asks how many calls there are: this one is counted before the answer is made.
#[derive(Debug)]
pub struct CountedKey<D>(pub Calls, pub PhantomData<D>);

/// A signed-in member, by cookie or Bearer. A write by cookie has to come from a page of the
/// platform's own origin or one on the deployment's list.
#[derive(Debug)]
pub struct SignedIn(pub Member);

/// The same with the session itself.
#[derive(Debug)]
pub struct SignedInSession(pub Session);

/// A request that a page of another site did not send: a browser says where a page is from, and
/// would take the cookie of the answer.
#[derive(Debug)]
pub struct FromHome;

/// Where a request came from, if that is known.
#[derive(Debug)]
pub struct CalledFrom(pub Option<String>);
/// The same for who asks again and again: looked up at half the price. A session that has just ended
/// may be taken for one that lasts, for a moment.
#[derive(Debug)]
pub struct PollingMember(pub Member);

/// The token of a session, whether or not there is one behind it.
#[derive(Debug)]
pub struct SessionToken(pub Option<String>);

impl<D: DialectErrors, S> FromRequestParts<S> for ChatKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let ctx = Ctx::from_ref(state);
        if let Some(principal) = owner(parts, &ctx, D::DIALECT, kind_of::<D>()).await? {
            let chatbot = principal.may_chat()?;
            return Ok(Self { principal, chatbot, dialect: PhantomData });
        }
        let app = &ctx.app;
        let principal = principal(&parts.extensions, app, bearer(&parts.headers)).await?;
        let chatbot = principal.may_chat()?;
        let of_site = matches!(principal.kind, KeyKind::Site | KeyKind::Widget);
        if of_site && principal.dialect != D::DIALECT {
            return Err(Error::unauthorized().into());
        }
        check_rate(&ctx, &parts.extensions, &principal).await?;
        count_concurrently(parts, app, &principal, D::DIALECT).await?;
        Ok(Self { principal, chatbot, dialect: PhantomData })
    }
}

impl<S> FromRequest<S> for SharedRoute
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    /// Without a valid key the path's dialect answers.
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = dialects::of_path(request.uri().path());
        let refused = |error| render(path, &error);
        let (parts, rest) = request.into_parts();
        let head = parts.clone();
        let ctx = Ctx::from_ref(state);
        if let Some(principal) = owner(&head, &ctx, path, KeyKind::Secret).await.map_err(refused)? {
            let body = read_body(Request::from_parts(parts, rest), state).await.map_err(refused)?;
            return Ok(Self { principal, body });
        }
        let caller = caller_anywhere(Request::from_parts(parts, rest), state).await;
        let (principal, body) = caller.map_err(refused)?;
        principal.may_chat().map_err(refused)?;
        let spoken = principal.dialect.spoken_on(path);
        admit(&head, state, &principal, spoken).await.map_err(refused)?;
        let body = body.map_err(|error| render(spoken, &error))?;
        Ok(Self { principal, body })
    }
}

impl<S> FromRequest<S> for SharedManagement
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    /// As for [`SharedRoute`].
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = dialects::of_path(request.uri().path());
        let found = async {
            let (parts, rest) = request.into_parts();
            let head = parts.clone();
            let ctx = Ctx::from_ref(state);
            if let Some(principal) = owner(&head, &ctx, path, KeyKind::Secret).await? {
                return Ok(Self(principal));
            }
            let (principal, _) = caller_anywhere(Request::from_parts(parts, rest), state).await?;
            let spoken = principal.dialect.spoken_on(path);
            if spoken == path {
                principal.may_manage()?;
            }
            admit(&head, state, &principal, spoken).await?;
            Ok(Self(principal))
        };
        found.await.map_err(|error: Error| render(path, &error))
    }
}

/// Counts the call of a caller who speaks `spoken`, and refuses a key in a place where that
/// dialect does not look for it.
async fn admit<S>(parts: &Parts, state: &S, principal: &Principal, spoken: Dialect) -> Result<()>
where
    Ctx: FromRef<S>,
{
    if spoken.profile().key_place == KeyPlace::Bearer && bearer(&parts.headers).is_none() {
        return Err(Error::unauthorized());
    }
    let ctx = Ctx::from_ref(state);
    check_rate(&ctx, &parts.extensions, principal).await?;
    count_concurrently(parts, &ctx.app, principal, spoken).await
}

impl<S> FromRequest<S> for SiteKey
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Helpbot>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem<Helpbot>> {
        let (parts, rest) = request.into_parts();
        let ctx = Ctx::from_ref(state);
        if let Some(principal) = owner(&parts, &ctx, Dialect::Helpbot, KeyKind::Site).await? {
            let chatbot = principal.site()?;
            let body = read_body(Request::from_parts(parts, rest), state).await?;
            return Ok(Self { principal, chatbot, body });
        }
        let request = Request::from_parts(parts, rest);
        let (principal, body) = caller_anywhere(request, state).await?;
        let chatbot = principal.site()?;
        Ok(Self { principal, chatbot, body: body? })
    }
}

impl<S> FromRequest<S> for PageKey
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Helpbot>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem<Helpbot>> {
        let extensions = request.extensions().clone();
        let (parts, rest) = request.into_parts();
        if let Some(principal) =
            owner(&parts, &Ctx::from_ref(state), Dialect::Helpbot, KeyKind::Site).await?
        {
            let chatbot = principal.site()?;
            let body = read_body(Request::from_parts(parts, rest), state).await?;
            return Ok(Self { principal, chatbot, body });
        }
        let request = Request::from_parts(parts, rest);
        let (principal, body) = caller_anywhere(request, state).await?;
        let chatbot = principal.visited_site()?;
        check_rate(&Ctx::from_ref(state), &extensions, &principal).await?;
        Ok(Self { principal, chatbot, body: body? })
    }
}

/// Who calls with the key in the header, the query or the body, and the body, if it
/// could be read.
async fn caller_anywhere<S>(request: Request, state: &S) -> Result<(Principal, Result<Bytes>)>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    let in_head = key_in_head(request.headers(), request.uri());
    let extensions = request.extensions().clone();
    let body = read_body(request, state).await;
    let secret = match (in_head, &body) {
        (Some(secret), _) => Some(secret),
        (None, Ok(body)) => key_in_body(body),
        (None, Err(_)) => None,
    };
    let app = Ctx::from_ref(state).app;
    let principal = principal(&extensions, &app, secret.as_deref()).await?;
    Ok((principal, body))
}

impl<S> FromRequestParts<S> for VisitorKey
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        let ctx = Ctx::from_ref(state);
        let secret = key_in_head(&parts.headers, &parts.uri);
        let principal = principal(&parts.extensions, &ctx.app, secret.as_deref()).await?;
        let chatbot = principal.may_chat()?;
        check_rate(&ctx, &parts.extensions, &principal).await?;
        Ok(Self { principal, chatbot })
    }
}

impl<D: DialectErrors, S> FromRequestParts<S> for SecretKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let ctx = Ctx::from_ref(state);
        if let Some(principal) = owner(parts, &ctx, D::DIALECT, KeyKind::Secret).await? {
            let chatbot = principal.may_manage()?;
            return Ok(Self { principal, chatbot, dialect: PhantomData });
        }
        let app = ctx.app;
        let principal = principal(&parts.extensions, &app, bearer(&parts.headers)).await?;
        let chatbot = principal.may_manage()?;
        count_concurrently(parts, &app, &principal, D::DIALECT).await?;
        Ok(Self { principal, chatbot, dialect: PhantomData })
    }
}

impl<D: DialectErrors, S> FromRequestParts<S> for WorkspaceKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let ctx = Ctx::from_ref(state);
        if let Some(principal) = owner(parts, &ctx, D::DIALECT, KeyKind::Workspace).await? {
            return Ok(Self(principal, PhantomData));
        }
        let app = ctx.app;
        let principal = workspace_caller(parts, &app, D::DIALECT).await?;
        count_concurrently(parts, &app, &principal, D::DIALECT).await?;
        Ok(Self(principal, PhantomData))
    }
}

impl<D: DialectErrors, S> FromRequestParts<S> for CountedKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let ctx = Ctx::from_ref(state);
        let uncounted = || Error::internal("calls of this dialect are not counted");
        if let Some(principal) = owner(parts, &ctx, D::DIALECT, KeyKind::Workspace).await? {
            let calls = ctx.app.calls_so_far(&principal, D::DIALECT).await?;
            return Ok(Self(calls.ok_or_else(uncounted)?, PhantomData));
        }
        let app = ctx.app;
        let principal = workspace_caller(parts, &app, D::DIALECT).await?;
        let calls = count(parts, &app, &principal, D::DIALECT).await?;
        Ok(Self(calls.ok_or_else(uncounted)?, PhantomData))
    }
}

/// The member in the place of a key, if the request asks for that.
async fn owner(
    parts: &Parts,
    ctx: &Ctx,
    dialect: Dialect,
    kind: KeyKind,
) -> Result<Option<Principal>> {
    Shown::of(parts).owner(ctx, dialect, kind).await
}

/// The kind of key that is for one chatbot in the dialect `D`.
fn kind_of<D: DialectErrors>() -> KeyKind {
    match D::DIALECT.profile().key_place {
        KeyPlace::Anywhere => KeyKind::Site,
        KeyPlace::Bearer | KeyPlace::Header(_) => KeyKind::Secret,
    }
}

/// Who calls with a key for a whole workspace. A key of another dialect is no key here.
async fn workspace_caller(parts: &Parts, app: &App, dialect: Dialect) -> Result<Principal> {
    let secret = match dialect.profile().key_place {
        KeyPlace::Header(name) => parts.headers.get(name).and_then(|v| v.to_str().ok()),
        KeyPlace::Bearer | KeyPlace::Anywhere => bearer(&parts.headers),
    };
    let principal = principal(&parts.extensions, app, secret).await?;
    if principal.kind != KeyKind::Workspace || principal.dialect != dialect {
        return Err(Error::unauthorized());
    }
    Ok(principal)
}

impl<S: Send + Sync> FromRequestParts<S> for SessionToken
where
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        let by_cookie = cookie(&parts.headers);
        if bearer(&parts.headers).is_none() && by_cookie.is_some() {
            check_origin(&Ctx::from_ref(state), &parts.method, &parts.headers)?;
        }
        let token = bearer(&parts.headers).or(by_cookie);
        Ok(Self(token.map(str::to_owned)))
    }
}

impl<S> FromRequestParts<S> for SignedInSession
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        let SessionToken(token) = SessionToken::from_request_parts(parts, state).await?;
        let app = Ctx::from_ref(state).app;
        let session = app.session(token.as_deref().unwrap_or_default()).await?;
        check_role(&session.member, &parts.method, parts.uri.path())?;
        Ok(Self(session))
    }
}

impl<S> FromRequestParts<S> for FromHome
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        if parts.headers.contains_key(ORIGIN) {
            check_origin(&Ctx::from_ref(state), &parts.method, &parts.headers)?;
        }
        Ok(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CalledFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self(client_address(&parts.extensions)))
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        let SessionToken(token) = SessionToken::from_request_parts(parts, state).await?;
        let app = Ctx::from_ref(state).app;
        let asked = (&parts.method, parts.uri.path());
        let member = member(&parts.extensions, &app, token.as_deref(), asked).await?;
        Ok(Self(member))
    }
}

impl<S> FromRequestParts<S> for PollingMember
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        let SessionToken(token) = SessionToken::from_request_parts(parts, state).await?;
        let app = Ctx::from_ref(state).app;
        let member = app.member_lately(&token.unwrap_or_default()).await?;
        check_role(&member, &parts.method, parts.uri.path())?;
        Ok(Self(member))
    }
}
