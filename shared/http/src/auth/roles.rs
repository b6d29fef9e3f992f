//! What a member's role lets them do, over all routes that a session opens, of every dialect: the one
//! place where that is decided. A route that is not named here reads if its method does, and edits
//! otherwise, so that a new one is closed to those who only read.

use axum::http::Method;
use domain::{Access, Error, ErrorKind, Member, Result};

/// Paths under which a member changes their own account.
const OWN_ACCOUNT: &str = "/api/v1/auth/";
/// Paths under which a member answers visitors.
const REPLY: &str = "/api/v1/inbox/";
/// Paths under which an owner says who may do what.
const GOVERN: [&str; 3] = ["/api/v1/api-keys", "/api/v1/members", "/api/v1/account"];
/// The end of the path that makes another key of a chatbot.
const ROTATE_KEY: &str = "/rotate-key";

/// What a request of `method` at `path` does.
fn access(method: &Method, path: &str) -> Access {
    let under = |parent: &str| {
        path.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if path.starts_with(OWN_ACCOUNT) {
        Access::OwnAccount
    } else if method.is_safe() {
        Access::Read
    } else if path.starts_with(REPLY) {
        Access::Reply
    } else if GOVERN.into_iter().any(under) || path.ends_with(ROTATE_KEY) {
        Access::Govern
    } else {
        Access::Edit
    }
}

/// Refuses a member whose role is too small for a request of `method` at `path`.
pub(super) fn check_role(member: &Member, method: &Method, path: &str) -> Result<()> {
    let needed = match access(method, path) {
        of if member.role.may(of) => return Ok(()),
        Access::Govern => "an owner",
        Access::Reply => "an agent, an editor or an owner",
        Access::Edit | Access::Read | Access::OwnAccount => "an editor or an owner",
    };
    let message = format!("this needs {needed} of the workspace; you are its {}", member.role);
    Err(Error::new(ErrorKind::Forbidden, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_route_does_is_told_by_method_and_path() {
        for (method, path, of) in [
            (Method::POST, "/api/v1/auth/password", Access::OwnAccount),
            (Method::GET, "/api/v1/api-keys", Access::Read),
            (Method::POST, "/api/v1/api-keys", Access::Govern),
            (Method::DELETE, "/api/v1/api-keys/7", Access::Govern),
            (Method::POST, "/api/v1/api-keys-of-others", Access::Edit),
            (Method::POST, "/api/v1/chatbots/7/rotate-key", Access::Govern),
            (Method::DELETE, "/api/v1/account", Access::Govern),
            (Method::PATCH, "/api/v1/inbox/conversations/7", Access::Reply),
            (Method::POST, "/api/v1/webhooks/7/rotate-secret", Access::Edit),
            (Method::POST, "/whatever/comes", Access::Edit),
        ] {
            assert_eq!(access(&method, path), of, "{method} {path}");
        }
    }
}
