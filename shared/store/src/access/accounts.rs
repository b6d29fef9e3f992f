//! Workspaces, users, sessions and keys.

use domain::{
    ApiKey, ChatbotId, Dialect, Error, ErrorKind, KeyId, KeyKind, Member, Plan, Principal, Result,
    Session, Timestamp, User, UserId, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    chatbots::items::ChatbotItem,
    keys::{self, Key},
    table::client::{Range, Store},
    table::conversions::item_conversions,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct WorkspaceItem {
    id: WorkspaceId,
    name: String,
    plan: Plan,
    chatbots: u32,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner_email: Option<String>,
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
    /// The workspace's plan, kept here so that who calls and what they may is one read; only in
    /// the item under the secret's hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<Plan>,
}

item_conversions!(WorkspaceItem, Workspace { id, name, plan, chatbots, created_at, owner_email });

item_conversions!(UserItem, User { id, email, password_hash, workspace_id, created_at });

impl ApiKeyItem {
    /// As it is found by its secret.
    pub fn by_secret(key: &ApiKey, plan: Plan) -> Self {
        Self::new(key, None, Some(plan))
    }

    /// As it is in its workspace's list.
    fn entry(key: &ApiKey, hash: &str) -> Self {
        Self::new(key, Some(hash), None)
    }

    fn new(key: &ApiKey, hash: Option<&str>, plan: Option<Plan>) -> Self {
        let ApiKey { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at } =
            key.clone();
        let hash = hash.map(str::to_owned);
        Self { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at, hash, plan }
    }
}

impl From<ApiKeyItem> for ApiKey {
    fn from(from: ApiKeyItem) -> Self {
        let ApiKeyItem {
            id,
            workspace_id,
            chatbot_id,
            dialect,
            kind,
            prefix,
            created_at,
            hash: _,
            plan: _,
        } = from;
        Self { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at }
    }
}

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Workspace and user are there.
    Done,
    /// Another user has that e-mail address already.
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

    /// Notes who signed a workspace up, unless that is known.
    pub async fn put_owner(&self, id: WorkspaceId, email: &str) -> Result<()> {
        let write = Write::update(keys::workspace(id), "SET owner_email = :email")
            .value("email", email)?
            .when("attribute_exists(pk) AND attribute_not_exists(owner_email)");
        self.write(write).await.map(drop)
    }

    /// Puts a workspace on another plan, and its keys with it; `false` if there is no such
    /// workspace. A key that is made meanwhile is made on the condition that the plan is still
    /// the one it was made for, so none is left behind.
    pub async fn set_plan(&self, id: WorkspaceId, plan: Plan) -> Result<bool> {
        let on = |key: Key| {
            Write::update(key, "SET #plan = :plan")
                .name("plan", "plan")
                .value("plan", plan)
                .map(Write::if_present)
        };
        if !self.write(on(keys::workspace(id))?).await?.is_done() {
            return Ok(false);
        }
        let partition = keys::workspace_partition(id);
        let listed: Vec<ApiKeyItem> =
            self.query(Range::prefix(partition.clone(), keys::API_KEY_ENTRY)).await?;
        let chatbots: Vec<ChatbotItem> =
            self.query(Range::prefix(partition, keys::CHATBOT)).await?;
        let listed = listed.into_iter().filter_map(|item| item.hash);
        for hash in listed.chain(chatbots.into_iter().map(|item| item.api_key_hash)) {
            // One that was revoked meanwhile is gone, and that is right.
            self.write(on(keys::api_key(&hash))?).await?;
        }
        Ok(true)
    }

    /// Part of a transaction: only if the workspace is still on `plan`.
    pub(crate) fn still_on(id: WorkspaceId, plan: Plan) -> Result<Write> {
        let check = Write::check(keys::workspace(id)).name("plan", "plan").value("plan", plan)?;
        Ok(check.when("#plan = :plan"))
    }

    /// Stores a session under the hash of its token.
    pub async fn put_session(&self, hash: &str, session: &Session) -> Result<()> {
        let Session { member: Member { user_id, email, workspace_id }, expires_at } =
            session.clone();
        let item = SessionItem { user_id, email, workspace_id, expires_at: expires_at.seconds() };
        self.write(Write::put(keys::session(hash), &item)?).await.map(drop)
    }

    /// The session under this hash. One that has expired may still be there.
    pub async fn session(&self, hash: &str, consistent: bool) -> Result<Option<Session>> {
        let found: Option<SessionItem> = self.get(&keys::session(hash), consistent).await?;
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
    /// chatbot needs that chatbot to be there, and any key that its workspace is still on `plan`
    /// and has fewer than `most`.
    pub async fn put_api_key(&self, key: &ApiKey, hash: &str, plan: Plan, most: u32) -> Result<()> {
        let entry = keys::api_key_entry(key.workspace_id, key.id);
        let room = Write::update(keys::workspace(key.workspace_id), "ADD api_keys :one")
            .when("#plan = :plan AND (attribute_not_exists(api_keys) OR api_keys < :most)")
            .name("plan", "plan")
            .value("one", 1)?
            .value("plan", plan)?
            .value("most", most)?;
        let mut writes = vec![
            Write::put(keys::api_key(hash), &ApiKeyItem::by_secret(key, plan))?.if_absent(),
            Write::put(entry, &ApiKeyItem::entry(key, hash))?.if_absent(),
            room,
        ];
        if let Some(chatbot) = key.chatbot_id {
            writes.push(Write::check(keys::chatbot(key.workspace_id, chatbot)).if_present());
        }
        let outcome = self.transact(writes).await?;
        if outcome.is_done() {
            return Ok(());
        }
        if outcome.refused(3) {
            return Err(Error::not_found("chatbot"));
        }
        let now = self.workspace(key.workspace_id).await?;
        let message = match now.is_some_and(|workspace| workspace.plan == plan) {
            true => format!("a workspace can have at most {most} keys"),
            false => "the plan was just changed; try again".to_owned(),
        };
        Err(Error::new(ErrorKind::Conflict, message))
    }

    /// Who shows the key with this hash. One consistent read, so that a key that was revoked or
    /// rotated is refused on the very next request.
    pub async fn principal(&self, hash: &str) -> Result<Option<Principal>> {
        let found: Option<ApiKeyItem> = self.get(&keys::api_key(hash), true).await?;
        let Some(item) = found else { return Ok(None) };
        let plan = match item.plan {
            Some(plan) => plan,
            // A key from before keys knew their workspace's plan.
            None => match self.workspace(item.workspace_id).await? {
                Some(workspace) => workspace.plan,
                None => return Ok(None),
            },
        };
        let ApiKey { id, workspace_id, chatbot_id, dialect, kind, .. } = item.into();
        Ok(Some(Principal { key_id: id, workspace_id, chatbot_id, dialect, kind, plan }))
    }

    /// A workspace's keys, newest first. Those made with chatbots are not among them: they come and go with
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
        let writes = vec![
            Write::delete(entry).if_present(),
            Write::delete(keys::api_key(&hash)),
            // One from before keys were counted takes nothing off.
            Write::update(keys::workspace(workspace), "SET api_keys = api_keys - :one")
                .value("one", 1)?
                .value("none", 0)?
                .when("api_keys > :none"),
        ];
        let outcome = self.transact(writes.clone()).await?;
        if outcome.is_done() || outcome.refused(0) {
            return Ok(outcome.is_done());
        }
        let uncounted = writes.into_iter().take(2).collect();
        Ok(self.transact(uncounted).await?.is_done())
    }

    /// Revokes every listed key of a chatbot; for when the chatbot goes.
    pub(crate) async fn delete_api_keys_of(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
    ) -> Result<()> {
        let keys = self.api_keys(workspace).await?;
        for key in keys.into_iter().filter(|key| key.chatbot_id == Some(chatbot)) {
            self.delete_api_key(workspace, key.id).await?;
        }
        Ok(())
    }
}
