//! Credentials. Each kind is an extractor, so that a route says in its signature who may call it.

use std::marker::PhantomData;

use app::{Core, access::usage::Calls};
use axum::{
    body::Bytes,
    extract::{FromRef, FromRequest, FromRequestParts, Request},
    http::{
        HeaderMap, Method, Uri,
        header::{AUTHORIZATION, COOKIE, HOST, ORIGIN},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use domain::{ChatbotId, Dialect, Error, ErrorKind, KeyKind, Member, Principal, Result};
use url::Url;

use crate::{
    Botplot, Ctx, Helpbot, Openbat, Problem, Speaks,
    body::read_body,
    calls::{count, count_beside},
};

/// Name of the session cookie.
const SESSION: &str = "session";

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

/// A key that may manage its chatbot, on a route that two dialects share: botplot's secret key, or a
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

/// The token of a session, whether or not there is one behind it.
#[derive(Debug)]
pub struct SessionToken(pub Option<String>);

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == SESSION)
        .map(|(_, value)| value)
}

/// The cookie that carries `token`; an empty one takes it away.
pub fn session_cookie(token: &str, seconds: u64) -> String {
    format!("{SESSION}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

pub(crate) async fn caller(core: &Core, secret: Option<&str>) -> Result<Principal> {
    core.principal(secret.ok_or_else(Error::unauthorized)?).await
}

impl<D: Speaks, S> FromRequestParts<S> for ChatKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let core = Ctx::from_ref(state).core;
        let principal = caller(&core, bearer(&parts.headers)).await?;
        let chatbot = principal.may_chat()?;
        if principal.kind == KeyKind::Site && principal.dialect != D::DIALECT {
            return Err(Error::unauthorized().into());
        }
        count_beside(parts, &core, &principal, D::DIALECT).await?;
        Ok(Self { principal, chatbot, dialect: PhantomData })
    }
}

impl<S> FromRequest<S> for SharedRoute
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    /// With no valid key there is no dialect to answer in; botplot's shape contains helpbot's.
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let refused = |error| Problem::<Botplot>::from(error).into_response();
        let (parts, rest) = request.into_parts();
        let head = parts.clone();
        let caller = caller_anywhere(Request::from_parts(parts, rest), state).await;
        let (principal, body) = caller.map_err(refused)?;
        principal.may_chat().map_err(refused)?;
        count_unless_helpbot(&head, state, &principal).await.map_err(refused)?;
        let body = body.map_err(|error| match principal.dialect {
            Dialect::Helpbot => Problem::<Helpbot>::from(error).into_response(),
            _ => refused(error),
        })?;
        Ok(Self { principal, body })
    }
}

impl<S> FromRequest<S> for SharedManagement
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    /// As for [`SharedRoute`].
    type Rejection = Problem<Botplot>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem<Botplot>> {
        let (parts, rest) = request.into_parts();
        let head = parts.clone();
        let (principal, _) = caller_anywhere(Request::from_parts(parts, rest), state).await?;
        if principal.dialect != Dialect::Helpbot {
            principal.may_manage()?;
        }
        count_unless_helpbot(&head, state, &principal).await?;
        Ok(Self(principal))
    }
}

/// On a shared route all keys but helpbot's speak botplot, and are sent as botplot's are.
async fn count_unless_helpbot<S>(parts: &Parts, state: &S, principal: &Principal) -> Result<()>
where
    Ctx: FromRef<S>,
{
    if principal.dialect == Dialect::Helpbot {
        return Ok(());
    }
    if bearer(&parts.headers).is_none() {
        return Err(Error::unauthorized());
    }
    count_beside(parts, &Ctx::from_ref(state).core, principal, Dialect::Botplot).await
}

impl<S> FromRequest<S> for SiteKey
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Helpbot>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem<Helpbot>> {
        let (principal, body) = caller_anywhere(request, state).await?;
        let chatbot = principal.site()?;
        Ok(Self { principal, chatbot, body: body? })
    }
}

/// Who calls with the key that stands in the header, the query or the body, and the body, if it
/// could be read.
async fn caller_anywhere<S>(request: Request, state: &S) -> Result<(Principal, Result<Bytes>)>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    let known = key_in_head(request.headers(), request.uri());
    let body = read_body(request, state).await;
    let secret = match (known, &body) {
        (Some(secret), _) => Some(secret),
        (None, Ok(body)) => key_in_body(body),
        (None, Err(_)) => None,
    };
    let principal = caller(&Ctx::from_ref(state).core, secret.as_deref()).await?;
    Ok((principal, body))
}

/// The key that stands in the header or the query.
pub(crate) fn key_in_head(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    bearer(headers).map(str::to_owned).or_else(|| key_in_query(uri))
}

/// The secret that a request shows, wherever that is, if it shows one.
pub(crate) fn secret_in(headers: &HeaderMap, uri: &Uri, body: &[u8]) -> Option<String> {
    let header = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    let shown = header.or_else(|| bearer(headers)).or_else(|| cookie(headers));
    shown.map(str::to_owned).or_else(|| key_in_query(uri)).or_else(|| key_in_body(body))
}

fn key_in_query(uri: &Uri) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find(|(name, _)| name == "apiKey").map(|(_, value)| value.into_owned())
}

pub(crate) fn key_in_body(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct WithKey {
        #[serde(rename = "apiKey")]
        api_key: Option<String>,
    }
    serde_json::from_slice::<WithKey>(body).ok()?.api_key
}

impl<D: Speaks, S> FromRequestParts<S> for SecretKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let core = Ctx::from_ref(state).core;
        let principal = caller(&core, bearer(&parts.headers)).await?;
        let chatbot = principal.may_manage()?;
        count_beside(parts, &core, &principal, D::DIALECT).await?;
        Ok(Self { principal, chatbot, dialect: PhantomData })
    }
}

impl<D: Speaks, S> FromRequestParts<S> for WorkspaceKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let core = Ctx::from_ref(state).core;
        let principal = workspace_caller(parts, &core, D::DIALECT).await?;
        count_beside(parts, &core, &principal, D::DIALECT).await?;
        Ok(Self(principal, PhantomData))
    }
}

impl<D: Speaks, S> FromRequestParts<S> for CountedKey<D>
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<D>> {
        let core = Ctx::from_ref(state).core;
        let principal = workspace_caller(parts, &core, D::DIALECT).await?;
        let calls = count(parts, &core, &principal, D::DIALECT).await?;
        let calls = calls.ok_or_else(|| Error::internal("calls that nobody counts"))?;
        Ok(Self(calls, PhantomData))
    }
}

/// Who calls with a key for a whole workspace. A key of another dialect is no key here.
async fn workspace_caller(parts: &Parts, core: &Core, dialect: Dialect) -> Result<Principal> {
    let secret = match dialect {
        Dialect::Conferbot => parts.headers.get("x-api-key").and_then(|v| v.to_str().ok()),
        _ => bearer(&parts.headers),
    };
    let principal = caller(core, secret).await?;
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

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Openbat>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem<Openbat>> {
        let SessionToken(token) = SessionToken::from_request_parts(parts, state).await?;
        let member = Ctx::from_ref(state).core.member(token.as_deref().unwrap_or_default()).await?;
        Ok(Self(member))
    }
}

fn check_origin(ctx: &Ctx, method: &Method, headers: &HeaderMap) -> Result<()> {
    if method.is_safe() {
        return Ok(());
    }
    let origin = headers.get(ORIGIN).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let host = headers.get(HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let listed = ctx.origins.iter().any(|allowed| allowed == origin);
    if listed || is_own(origin, host) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Forbidden,
        "a write with a session cookie needs an Origin that this platform knows",
    ))
}

/// Whether `origin` is that of the page's own host, whatever the port's spelling.
fn is_own(origin: &str, host: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let Ok(own) = Url::parse(&format!("{}://{host}", origin.scheme())) else { return false };
    matches!(origin.scheme(), "http" | "https")
        && !host.is_empty()
        && origin.host_str() == own.host_str()
        && origin.port_or_known_default() == own.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_origin_is_host_and_port() {
        assert!(is_own("https://a.example", "a.example"));
        assert!(is_own("https://a.example:443", "a.example"));
        assert!(is_own("http://127.0.0.1:3000", "127.0.0.1:3000"));
        for (origin, host) in [
            ("", "a.example"),
            ("null", "a.example"),
            ("https://b.example", "a.example"),
            ("https://a.example:8443", "a.example"),
            ("https://a.example.evil.example", "a.example"),
            ("file://a.example", "a.example"),
            ("https://", ""),
        ] {
            assert!(!is_own(origin, host), "{origin} {host}");
        }
    }

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; session=abc; b=2".parse().unwrap());
        assert_eq!(cookie(&headers), Some("abc"));
        headers.clear();
        headers.append(COOKIE, "xsession=abc".parse().unwrap());
        assert_eq!(cookie(&headers), None);
    }
}
