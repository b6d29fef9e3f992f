//! Signing up, in and out; sessions; API keys.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    ApiKey, ChatbotId, CodePurpose, Dialect, Error, ErrorKind, KeyId, KeyKind, Member, Plan,
    Principal, Result, Role, Session, SessionId, SignupMode, Timestamp, User, UserId, Workspace,
    WorkspaceId, WorkspaceMember, bounds, dialect::KeyIssue,
};
use store::{SignUp, keys::sha256};
use unicode_normalization::UnicodeNormalization;

use crate::{App, access::codes::not_invited, access::passwords::blocking, adapters::random};

/// How long a session lasts.
pub const SESSION: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// How many requested keys a workspace may have; those made with chatbots are not counted.
pub const MAX_KEYS: u32 = 100;

/// The longest text that can be a key or a token; anything longer is not looked up.
const LONGEST_SECRET: usize = 128;

/// What hashing a password costs. A hash says its own cost, so that it verifies whatever the cost of
/// new ones is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PasswordCost {
    /// Argon2id with 19 MiB and 2 passes, as OWASP recommends.
    #[default]
    Recommended,
    /// The least that Argon2id takes: for tests, which sign up hundreds of members.
    Least,
}

impl PasswordCost {
    fn hasher(self) -> Result<Argon2<'static>> {
        let params = match self {
            Self::Recommended => Params::DEFAULT,
            Self::Least => Params::new(Params::MIN_M_COST, Params::MIN_T_COST, 1, None)
                .map_err(|e| Error::internal(e.to_string()))?,
        };
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    pub(super) fn hash(self, password: &str) -> Result<String> {
        let salt = random::bytes::<16>()?;
        let hash = self
            .hasher()?
            .hash_password_with_salt(composed(password).as_bytes(), &salt)
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok(hash.to_string())
    }
}
/// How many random digits of a key are shown later, to tell keys apart: as many as the one
/// reference that shows any.
const SHOWN_DIGITS: usize = 6;

/// What a sign-up asks for.
#[derive(Debug)]
pub struct NewMember {
    /// Lower case.
    pub email: String,
    /// In clear; only hashed from here on.
    pub password: String,
    /// Name of the workspace.
    pub organization: String,
    /// The code of an invitation, if there is one.
    pub invitation: Option<String>,
}

/// Who may sign up, and what they get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignupRules {
    /// Who may.
    pub mode: SignupMode,
    /// The plan of a new workspace, unless an invitation names another.
    pub plan: Plan,
    /// Whether addresses count as their owners' without more: in the local run.
    pub trusts_addresses: bool,
}

impl NewMember {
    /// Checks the bounds.
    pub fn new(
        email: Option<&str>,
        password: Option<&str>,
        organization: Option<&str>,
    ) -> Result<Self> {
        let email = bounds::email("email", bounds::required("email", email)?)?;
        let password = bounds::required("password", password)?;
        bounds::password("password", password)?;
        let organization = bounds::required("organization", organization)?;
        Ok(Self {
            email,
            password: password.to_owned(),
            organization: bounds::text("organization", organization, bounds::NAME)?,
            invitation: None,
        })
    }

    /// The same, with the code of an invitation.
    #[must_use]
    pub fn invited_by(self, invitation: Option<String>) -> Self {
        Self { invitation, ..self }
    }
}

/// A session that has just begun. `token` is shown once.
#[derive(Debug)]
pub struct NewSession {
    /// For the cookie.
    pub token: String,
    /// Who.
    pub member: Member,
    /// Where.
    pub workspace: Workspace,
}

/// A key that has just been made. `secret` is shown once.
#[derive(Debug)]
pub struct NewKey {
    /// The key itself.
    pub secret: String,
    /// What is kept of it.
    pub key: ApiKey,
}

/// Who is behind a secret.
#[derive(Debug, Clone)]
pub enum Caller {
    /// The caller with a key.
    Key(Principal),
    /// The member of a session.
    Session(Member),
}

/// The member who signed their workspace up.
fn first_member(user: &User) -> WorkspaceMember {
    let (user_id, email, joined_at) = (user.id, user.email.clone(), user.created_at);
    WorkspaceMember { user_id, email, role: Role::Owner, joined_at }
}

/// A fresh secret of the right form, with what is kept of it and its hash.
pub(crate) fn mint(
    workspace: WorkspaceId,
    chatbot: Option<ChatbotId>,
    dialect: Dialect,
    kind: KeyKind,
    now: Timestamp,
) -> Result<(String, ApiKey, String)> {
    let form = dialect.profile().key_form(kind).ok_or_else(|| {
        Error::field("kind", format!("{} is not a kind of key that {dialect} has", kind.name()))
    })?;
    let secret = format!("{}{}", form.prefix, random::hex_digits(form.digits)?);
    let shown: String = secret.chars().take(form.prefix.len() + SHOWN_DIGITS).collect();
    let hash = sha256(&secret);
    let key = ApiKey {
        id: KeyId::new(),
        workspace_id: workspace,
        chatbot_id: chatbot,
        dialect,
        kind,
        prefix: format!("{shown}..."),
        created_at: now,
    };
    Ok((secret, key, hash))
}

impl App {
    /// Makes a workspace with its first member, signed in. Whether a stranger may is said before
    /// anything else.
    pub async fn sign_up(&self, new: NewMember, rules: SignupRules) -> Result<NewSession> {
        let NewMember { email, password, organization, invitation } = new;
        let now = self.now();
        let invited = self.invitation(rules.mode, &email, invitation.as_deref()).await?;
        let (invitation, plan) = match invited {
            Some((hash, code)) => (Some(hash), code.plan.unwrap_or(rules.plan)),
            None => (None, rules.plan),
        };
        let owner_confirmed = invitation.is_some() || rules.trusts_addresses;
        let cost = self.passwords;
        let password_hash = blocking(move || cost.hash(&password)).await?;
        let workspace = Workspace {
            id: WorkspaceId::new(),
            name: organization,
            plan,
            chatbots: 0,
            created_at: now,
            owner_email: Some(email.clone()),
            owner_confirmed,
        };
        let user = User {
            id: UserId::new(),
            email,
            password_hash,
            workspace_id: workspace.id,
            created_at: now,
        };
        let member = first_member(&user);
        match self.store.sign_up(&workspace, &user, &member, invitation.as_deref()).await? {
            SignUp::Done => {}
            SignUp::InvitationSpent => return Err(not_invited()),
            SignUp::EmailTaken => {
                let message = "an account with this email exists already";
                return Err(Error::new(ErrorKind::Conflict, message));
            }
        }
        if !owner_confirmed {
            self.request_code(CodePurpose::Confirmation, &user.email, Some(user.workspace_id))
                .await?;
        }
        self.begin_session(member, workspace).await
    }

    /// Signs a member in, who calls from `address` if that is known. An unknown e-mail address takes
    /// as long as a wrong password.
    pub async fn sign_in(
        &self,
        email: Option<&str>,
        password: Option<&str>,
        address: Option<&str>,
    ) -> Result<NewSession> {
        let email = bounds::email("email", bounds::required("email", email)?)?;
        let password = bounds::required("password", password)?.to_owned();
        let Some(user) = self.user_with_password(&email, password, address).await? else {
            return Err(Error::new(ErrorKind::Unauthorized, "wrong email or password"));
        };
        let workspace = self.store.workspace(user.workspace_id).await?;
        let workspace = workspace.ok_or_else(|| Error::internal("a user without a workspace"))?;
        if workspace.owner_email.is_none() {
            // One from before workspaces knew their owner.
            self.store.put_owner(workspace.id, &user.email).await?;
        }
        self.store.put_workspace_entry(workspace.id).await?;
        let member = self.member_of(&user).await?;
        self.begin_session(member, workspace).await
    }

    /// The member that `user` is.
    pub(crate) async fn member_of(&self, user: &User) -> Result<WorkspaceMember> {
        if let Some(found) = self.store.workspace_member(user.workspace_id, user.id).await? {
            return Ok(found);
        }
        // One from before workspaces listed their members.
        let member = first_member(user);
        self.store.note_member(user.workspace_id, &member).await?;
        Ok(member)
    }

    pub(super) async fn begin_session(
        &self,
        member: WorkspaceMember,
        workspace: Workspace,
    ) -> Result<NewSession> {
        let token = URL_SAFE_NO_PAD.encode(random::bytes::<32>()?);
        let WorkspaceMember { user_id, email, role, joined_at: _ } = member;
        let member = Member { user_id, email, workspace_id: workspace.id, role };
        let (id, expires_at) = (SessionId::new(), self.now().plus(SESSION));
        let session = Session { id: Some(id), member: member.clone(), expires_at };
        if !self.store.put_session(&sha256(&token), id, &session).await? {
            let message = "the account was changed by another request; try again";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        Ok(NewSession { token, member, workspace })
    }

    /// Ends the session behind `token`, if there is one.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        self.store.delete_session(&sha256(token)).await
    }

    /// Who is signed in with `token`.
    pub async fn member(&self, token: &str) -> Result<Member> {
        self.session(token).await.map(|session| session.member)
    }

    /// The same, as of a moment ago: for who asks again and again.
    pub async fn member_lately(&self, token: &str) -> Result<Member> {
        self.session_read(token, false).await.map(|session| session.member)
    }

    /// The session with `token`.
    pub async fn session(&self, token: &str) -> Result<Session> {
        self.session_read(token, true).await
    }

    async fn session_read(&self, token: &str, consistent: bool) -> Result<Session> {
        let unknown = || Error::new(ErrorKind::Unauthorized, "not signed in");
        if token.is_empty() || token.len() > LONGEST_SECRET {
            return Err(unknown());
        }
        let session = self.store.session(&sha256(token), consistent).await?;
        session.filter(|s| s.expires_at > self.now()).ok_or_else(unknown)
    }

    /// The workspace a member acts in.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Workspace> {
        self.store.workspace(id).await?.ok_or_else(|| Error::not_found("workspace"))
    }

    /// Who calls with `secret`.
    pub async fn principal(&self, secret: &str) -> Result<Principal> {
        if secret.is_empty() || secret.len() > LONGEST_SECRET {
            return Err(Error::unauthorized());
        }
        self.store.principal(&sha256(secret)).await?.ok_or_else(Error::unauthorized)
    }

    /// Who calls with `secret`, a key or a session's token; `None` if it is neither.
    pub async fn caller(&self, secret: &str) -> Result<Option<Caller>> {
        let known = |found: Result<Caller>| match found {
            Ok(caller) => Ok(Some(caller)),
            Err(error) if error.kind == ErrorKind::Unauthorized => Ok(None),
            Err(error) => Err(error),
        };
        match known(self.principal(secret).await.map(Caller::Key))? {
            Some(caller) => Ok(Some(caller)),
            None => known(self.member(secret).await.map(Caller::Session)),
        }
    }

    /// A workspace's keys.
    pub async fn api_keys(&self, workspace: WorkspaceId) -> Result<Vec<ApiKey>> {
        self.store.api_keys(workspace).await
    }

    /// Makes a key. `kind` may be left out where a dialect has only one.
    pub async fn create_api_key(
        &self,
        workspace: WorkspaceId,
        dialect: Option<&str>,
        kind: Option<&str>,
        chatbot: Option<&str>,
    ) -> Result<NewKey> {
        let dialect: Dialect = bounds::required("dialect", dialect)?.parse()?;
        if dialect.profile().key_issue == KeyIssue::WithChatbot {
            let message =
                format!("{dialect} keys are made with their chatbot and rotated by rotate-key");
            return Err(Error::field("dialect", message));
        }
        let kind = dialect.profile().key_kind(kind)?;
        let chatbot = match (kind, chatbot) {
            (KeyKind::Workspace, None) => None,
            (KeyKind::Workspace, Some(_)) => {
                return Err(Error::field("chatbotId", "does not go with a workspace key"));
            }
            (_, id) => Some(bounds::required("chatbotId", id)?.parse()?),
        };
        let owner = self.workspace(workspace).await?;
        let (secret, key, hash) = mint(workspace, chatbot, dialect, kind, self.now())?;
        self.store.put_api_key(&key, &hash, owner.plan, MAX_KEYS).await?;
        Ok(NewKey { secret, key })
    }

    /// Revokes a key; it is refused on the very next request.
    pub async fn revoke_api_key(&self, workspace: WorkspaceId, id: KeyId) -> Result<()> {
        match self.store.delete_api_key(workspace, id, self.now()).await? {
            true => Ok(()),
            false => Err(Error::not_found("API key")),
        }
    }
}

/// A password in NFC, as RFC 8265 prepares it: a keyboard sends "ä" as one character or as two.
pub(super) fn composed(password: &str) -> String {
    password.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::passwords::verify_password;

    #[test]
    fn passwords_verify_against_their_own_hash_only() {
        for (cost, head) in [
            (PasswordCost::default(), "$argon2id$v=19$m=19456,t=2,p=1$"),
            (PasswordCost::Least, "$argon2id$v=19$m=8,t=1,p=1$"),
        ] {
            let hash = cost.hash("correct horse").unwrap();
            assert!(hash.starts_with(head), "{hash}");
            assert!(verify_password("correct horse", &hash).unwrap());
            assert!(!verify_password("wrong horse", &hash).unwrap());
            assert_ne!(hash, cost.hash("correct horse").unwrap(), "salted");
        }
    }

    #[test]
    fn a_password_is_the_same_however_its_accents_are_typed() {
        let (one, two) = ("P\u{e4}sswort", "Pa\u{308}sswort");
        for (set, typed) in [(one, two), (two, one)] {
            let hash = PasswordCost::Least.hash(set).unwrap();
            assert!(verify_password(typed, &hash).unwrap(), "{typed}");
            assert!(!verify_password("Passwort", &hash).unwrap());
        }
    }

    #[test]
    fn every_kind_of_key_is_made_in_its_form_and_no_other_kind() {
        let (workspace, at) = (WorkspaceId::new(), Timestamp::from_millis(0));
        for dialect in Dialect::ALL {
            for form in dialect.profile().keys {
                let (secret, key, hash) = mint(workspace, None, dialect, form.kind, at).unwrap();
                let (head, digits) = secret.split_at(form.prefix.len());
                assert_eq!((head, digits.len()), (form.prefix, form.digits));
                assert!(digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
                assert_eq!(key.prefix, format!("{head}{}...", &digits[..SHOWN_DIGITS]));
                assert_eq!(hash, sha256(&secret));
            }
            let other = [KeyKind::Workspace, KeyKind::Public, KeyKind::Secret, KeyKind::Site];
            // A widget's key is of the same form as its site's.
            let mut other = other.into_iter();
            let other = other.find(|kind| dialect.profile().key_form(*kind).is_none()).unwrap();
            assert!(mint(workspace, None, dialect, other, at).is_err());
        }
    }
}
