//! A member in the place of a key, for the console: the session opens what every key of the workspace
//! does, one scope at a time. The header [`SCOPE`] asks for it, so that no request of another client
//! means something else than before, and no page of another site can send it without being asked first.

use app::App;
use axum::http::{Extensions, HeaderMap, HeaderName, Method, request::Parts};
use domain::{ChatbotId, Dialect, Error, KeyId, KeyKind, Principal, Result};

use super::{cookie::cookie, known::member, origin::check_origin, secret::bearer};
use crate::Ctx;

/// `workspace`, or the id of a chatbot of the workspace.
pub const SCOPE: HeaderName = HeaderName::from_static("x-colloquy-scope");
/// The scope of the whole workspace.
const WORKSPACE: &str = "workspace";

/// What a request shows of its caller.
pub(crate) struct Shown<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub headers: &'a HeaderMap,
    pub extensions: &'a Extensions,
}

impl<'a> Shown<'a> {
    /// Of the head of a request.
    pub fn of(parts: &'a Parts) -> Self {
        let Parts { method, uri, headers, extensions, .. } = parts;
        Self { method, path: uri.path(), headers, extensions }
    }

    /// The member in the place of a key of `dialect` and `kind`; `None` unless the request asks for
    /// that. Their calls count against no plan's calls: it is the owner who looks.
    pub async fn owner(
        &self,
        ctx: &Ctx,
        dialect: Dialect,
        kind: KeyKind,
    ) -> Result<Option<Principal>> {
        let Some(scope) = self.headers.get(&SCOPE) else { return Ok(None) };
        let scope = scope.to_str().unwrap_or_default();
        let (by_bearer, by_cookie) = (bearer(self.headers), cookie(self.headers));
        if by_bearer.is_none() && by_cookie.is_some() {
            check_origin(ctx, self.method, self.headers)?;
        }
        let asked = (self.method, self.path);
        let member = member(self.extensions, &ctx.app, by_bearer.or(by_cookie), asked).await?;
        let chatbot = chatbot(scope, kind)?;
        let (workspace, chatbot) = tokio::try_join!(
            ctx.app.workspace(member.workspace_id),
            own(&ctx.app, member.workspace_id, chatbot)
        )?;
        Ok(Some(Principal {
            key_id: KeyId::derived(&["member", &member.user_id.to_string()]),
            workspace_id: member.workspace_id,
            chatbot_id: chatbot,
            dialect,
            kind,
            plan: workspace.plan,
        }))
    }
}

/// The chatbot that `scope` names, for a route whose keys are of `kind`.
fn chatbot(scope: &str, kind: KeyKind) -> Result<Option<ChatbotId>> {
    match (scope == WORKSPACE, kind) {
        (true, KeyKind::Workspace) => Ok(None),
        (false, KeyKind::Workspace) => {
            Err(Error::field(SCOPE.as_str(), "must be workspace on this route"))
        }
        (true, _) => Err(Error::field(SCOPE.as_str(), "must be a chatbot's id on this route")),
        (false, _) => scope.parse().map(Some),
    }
}

async fn own(
    app: &App,
    workspace: domain::WorkspaceId,
    chatbot: Option<ChatbotId>,
) -> Result<Option<ChatbotId>> {
    match chatbot {
        Some(id) => Ok(Some(app.chatbot(workspace, id).await?.id)),
        None => Ok(None),
    }
}
