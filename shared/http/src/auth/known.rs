//! Who is behind the secret of a request. The first look-up notes it at the request, so that a
//! request with an `Idempotency-Key` is looked up once.

use app::{App, access::accounts::Caller};
use axum::http::{Extensions, Method};
use domain::{Error, Member, Principal, Result};

use super::roles::check_role;

/// The caller of a request, with the secret that was looked up. Never logged.
#[derive(Clone)]
pub(crate) struct KnownCaller {
    secret: String,
    /// Who it is.
    pub caller: Caller,
}

impl KnownCaller {
    /// The secret that the request shows.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

/// Looks up who is behind `secret`, and notes it at the request; `None` if no key or session is.
pub(crate) async fn look_up(
    extensions: &mut Extensions,
    app: &App,
    secret: &str,
) -> Result<Option<KnownCaller>> {
    let Some(caller) = app.caller(secret).await? else { return Ok(None) };
    let known = KnownCaller { secret: secret.to_owned(), caller };
    extensions.insert(known.clone());
    Ok(Some(known))
}

fn noted<'a>(extensions: &'a Extensions, secret: &str) -> Option<&'a Caller> {
    let known = extensions.get::<KnownCaller>()?;
    (known.secret == secret).then_some(&known.caller)
}

/// The caller with the key `secret`.
pub(crate) async fn principal(
    extensions: &Extensions,
    app: &App,
    secret: Option<&str>,
) -> Result<Principal> {
    let secret = secret.ok_or_else(Error::unauthorized)?;
    let found = match noted(extensions, secret) {
        Some(Caller::Key(principal)) => principal.clone(),
        Some(Caller::Session(_)) => return Err(Error::unauthorized()),
        None => app.principal(secret).await?,
    };
    tracing::Span::current().record("caller", tracing::field::display(found.key_id));
    Ok(found)
}

/// The member whose session has `token`, if their role is enough for the request.
pub(super) async fn member(
    extensions: &Extensions,
    app: &App,
    token: Option<&str>,
    (method, path): (&Method, &str),
) -> Result<Member> {
    let token = token.unwrap_or_default();
    let found = match noted(extensions, token) {
        Some(Caller::Session(member)) => member.clone(),
        _ => app.member(token).await?,
    };
    tracing::Span::current().record("caller", tracing::field::display(found.user_id));
    check_role(&found, method, path)?;
    Ok(found)
}
