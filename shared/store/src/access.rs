//! Workspaces, users, sessions and keys.

use domain::{
    ApiKey, ChatbotId, Dialect, Error, ErrorKind, KeyId, KeyKind, Member, Plan, Principal, Result,
    Session, Timestamp, User, UserId, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    mirror::mirrored,
    table::{Range, Store},
    write::Write,
};

#[derive(Serialize, Deserialize)]
struct WorkspaceItem {
    id: WorkspaceId,
    name: String,
    plan: Plan,
    chatbots: u32,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct UserItem {
    id: UserId,
    email: String,
    password_hash: String,
    workspace_id: WorkspaceId,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct SessionItem {
    user_id: UserId,
    email: String,
    workspace_id: WorkspaceId,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ApiKeyItem {
    id: KeyId,
    workspace_id: WorkspaceId,
    chatbot_id: Option<ChatbotId>,
    dialect: Dialect,
    kind: KeyKind,
    prefix: String,
    created_at: Timestamp,
    /// Of the secret; only in the workspace's entry, to find the other item by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
}

mirrored!(WorkspaceItem, Workspace { id, name, plan, chatbots, created_at });

mirrored!(UserItem, User { id, email, password_hash, workspace_id, created_at });

impl ApiKeyItem {
    pub fn new(key: &ApiKey, hash: Option<&str>) -> Self {
        let ApiKey { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at } =
            key.clone();
        let hash = hash.map(str::to_owned);
        Self { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at, hash }
    }
}

impl From<ApiKeyItem> for ApiKey {
    fn from(from: ApiKeyItem) -> Self {
        let ApiKeyItem { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at, hash: _ } =
            from;
        Self { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at }
    }
}

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Workspace and user are there.
    Done,
    /// Somebody has that e-mail address already.
    EmailTaken,
}

impl Store {
    /// Writes a workspace and its first user together.
    pub async fn sign_up(&self, workspace: &Workspace, user: &User) -> Result<SignUp> {
        let writes = vec![
            Write::put(keys::user(&user.email), &UserItem::from(user))?.if_absent(),
            Write::put(keys::workspace(workspace.id), &WorkspaceItem::from(workspace))?.if_absent(),
        ];
        let done = self.transact(writes).await?.is_done();
        Ok(if done { SignUp::Done } else { SignUp::EmailTaken })
    }

    /// The user with this address (lower case).
    pub async fn user(&self, email: &str) -> Result<Option<User>> {
        Ok(self.get::<UserItem>(&keys::user(email), true).await?.map(Into::into))
    }

    /// A workspace.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Option<Workspace>> {
        Ok(self.get::<WorkspaceItem>(&keys::workspace(id), true).await?.map(Into::into))
    }

    /// Puts a workspace on another plan; `false` if there is no such workspace.
    pub async fn set_plan(&self, id: WorkspaceId, plan: Plan) -> Result<bool> {
        let write = Write::update(keys::workspace(id), "SET #plan = :plan")
            .name("plan", "plan")
            .value("plan", plan)?
            .if_present();
        Ok(self.write(write).await?.is_done())
    }

    /// Stores a session under the hash of its token.
    pub async fn put_session(&self, hash: &str, session: &Session) -> Result<()> {
        let Session { member: Member { user_id, email, workspace_id }, expires_at } =
            session.clone();
        let item = SessionItem { user_id, email, workspace_id, expires_at: expires_at.seconds() };
        self.write(Write::put(keys::session(hash), &item)?).await.map(drop)
    }

    /// The session under this hash. One that has expired may still be there.
    pub async fn session(&self, hash: &str) -> Result<Option<Session>> {
        let found: Option<SessionItem> = self.get(&keys::session(hash), true).await?;
        Ok(found.map(|item| {
            let SessionItem { user_id, email, workspace_id, expires_at } = item;
            Session {
                member: Member { user_id, email, workspace_id },
                expires_at: Timestamp::from_millis(expires_at * 1000),
            }
        }))
    }

    /// Ends a session.
    pub async fn delete_session(&self, hash: &str) -> Result<()> {
        self.write(Write::delete(keys::session(hash))).await.map(drop)
    }

    /// Stores a key: once by the hash of its secret, once in its workspace's list. A key for a
    /// chatbot needs that chatbot to be there.
    pub async fn put_api_key(&self, key: &ApiKey, hash: &str) -> Result<()> {
        let entry = keys::api_key_entry(key.workspace_id, key.id);
        let mut writes = vec![
            Write::put(keys::api_key(hash), &ApiKeyItem::new(key, None))?.if_absent(),
            Write::put(entry, &ApiKeyItem::new(key, Some(hash)))?.if_absent(),
        ];
        if let Some(chatbot) = key.chatbot_id {
            writes.push(Write::check(keys::chatbot(key.workspace_id, chatbot)).if_present());
        }
        let outcome = self.transact(writes).await?;
        if outcome.refused(2) {
            return Err(Error::not_found("chatbot"));
        }
        if !outcome.is_done() {
            return Err(Error::new(ErrorKind::Conflict, "this key exists already"));
        }
        Ok(())
    }

    /// Who shows the key with this hash. One consistent read, so that a key that was revoked or
    /// rotated is refused on the very next request.
    pub async fn principal(&self, hash: &str) -> Result<Option<Principal>> {
        let found: Option<ApiKeyItem> = self.get(&keys::api_key(hash), true).await?;
        Ok(found.map(|item| {
            let ApiKey { id, workspace_id, chatbot_id, dialect, kind, .. } = item.into();
            Principal { key_id: id, workspace_id, chatbot_id, dialect, kind }
        }))
    }

    /// A workspace's keys, newest first. Openbat's are not among them: they come and go with
    /// their chatbots.
    pub async fn api_keys(&self, workspace: WorkspaceId) -> Result<Vec<ApiKey>> {
        let partition = keys::workspace_partition(workspace);
        let items: Vec<ApiKeyItem> =
            self.query(Range::prefix(partition, keys::API_KEY_ENTRY).backwards()).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Revokes a key of `workspace`; whether there was one.
    pub async fn delete_api_key(&self, workspace: WorkspaceId, id: KeyId) -> Result<bool> {
        let entry = keys::api_key_entry(workspace, id);
        let Some(ApiKeyItem { hash: Some(hash), .. }) = self.get(&entry, true).await? else {
            return Ok(false);
        };
        let writes = vec![Write::delete(entry).if_present(), Write::delete(keys::api_key(&hash))];
        Ok(self.transact(writes).await?.is_done())
    }

    /// Revokes every listed key of a chatbot; for when the chatbot goes.
    pub(crate) async fn delete_api_keys_of(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
    ) -> Result<()> {
        let partition = keys::workspace_partition(workspace);
        let items: Vec<ApiKeyItem> =
            self.query(Range::prefix(partition, keys::API_KEY_ENTRY)).await?;
        let mut doomed = Vec::new();
        for item in items.into_iter().filter(|item| item.chatbot_id == Some(chatbot)) {
            doomed.extend(item.hash.as_deref().map(keys::api_key));
            doomed.push(keys::api_key_entry(workspace, item.id));
        }
        self.batch_delete(&doomed).await
    }
}
