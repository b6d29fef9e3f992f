//! Workspaces, users, sessions and keys.

use domain::{
    ApiKey, ChatbotId, Error, ErrorKind, KeyId, Member, Plan, Principal, Result, Role, Session,
    SessionId, Timestamp, User, UserId, Workspace, WorkspaceId, WorkspaceMember,
};
use serde::{Deserialize, Serialize};

use crate::{
    access::members::put_member,
    api_keys::ApiKeyItem,
    keys,
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
    #[serde(default)]
    owner_confirmed: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct UserItem {
    id: UserId,
    email: String,
    password_hash: String,
    workspace_id: WorkspaceId,
    created_at: Timestamp,
}

/// Where a workspace is, for who has to find them all.
#[derive(Serialize, Deserialize)]
pub(crate) struct WorkspaceEntry {
    pub id: WorkspaceId,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SessionId>,
    pub user_id: UserId,
    pub email: String,
    pub workspace_id: WorkspaceId,
    /// Of a session from before there were roles it is the owner's.
    #[serde(default)]
    pub role: Role,
    /// Seconds; the table sweeps it some time after.
    pub expires_at: i64,
}

item_conversions!(
    WorkspaceItem,
    Workspace { id, name, plan, chatbots, created_at, owner_email, owner_confirmed }
);

item_conversions!(UserItem, User { id, email, password_hash, workspace_id, created_at });

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Workspace and user are there.
    Done,
    /// Another user has that e-mail address already.
    EmailTaken,
    /// The invitation was used meanwhile.
    InvitationSpent,
}

impl Store {
    /// Writes a workspace and its first user, its owner, together, and takes the invitation with this hash, if
    /// that is what lets them in.
    pub async fn sign_up(
        &self,
        workspace: &Workspace,
        user: &User,
        member: &WorkspaceMember,
        invitation: Option<&str>,
    ) -> Result<SignUp> {
        let mut writes = vec![
            Write::put(keys::user(&user.email), &UserItem::from(user))?.if_absent(),
            Write::put(keys::workspace(workspace.id), &WorkspaceItem::from(workspace))?.if_absent(),
            Write::put(keys::workspace_entry(workspace.id), &WorkspaceEntry { id: workspace.id })?,
            put_member(workspace.id, member)?,
        ];
        writes.extend(invitation.map(|hash| Write::delete(keys::code(hash)).if_present()));
        let outcome = self.transact(writes).await?;
        Ok(match outcome.is_done() {
            true => SignUp::Done,
            false if outcome.refused(4) && !outcome.refused(0) => SignUp::InvitationSpent,
            false => SignUp::EmailTaken,
        })
    }

    /// Gives a user another password, unless that was done since it was read; whether it was.
    pub async fn set_password(&self, user: &User, hash: &str) -> Result<bool> {
        let write = Write::update(keys::user(&user.email), "SET password_hash = :hash")
            .value("hash", hash)?
            .value("seen", &user.password_hash)?
            .when("attribute_exists(pk) AND password_hash = :seen");
        Ok(self.write(write).await?.is_done())
    }

    /// Notes that the address of a workspace's owner is theirs.
    pub async fn confirm_owner(&self, id: WorkspaceId, email: &str) -> Result<()> {
        let write = Write::update(keys::workspace(id), "SET owner_confirmed = :yes")
            .value("yes", true)?
            .value("email", email)?
            .when("attribute_exists(pk) AND owner_email = :email");
        self.write(write).await.map(drop)
    }

    /// The user with this address (lower case).
    pub async fn user(&self, email: &str) -> Result<Option<User>> {
        Ok(self.get::<UserItem>(&keys::user(email), true).await?.map(Into::into))
    }

    /// A workspace.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<Option<Workspace>> {
        Ok(self.get::<WorkspaceItem>(&keys::workspace(id), true).await?.map(Into::into))
    }

    /// Notes where a workspace is, for who has to find them all: of one from before that was done
    /// with its sign-up.
    pub async fn put_workspace_entry(&self, id: WorkspaceId) -> Result<()> {
        let put = Write::put(keys::workspace_entry(id), &WorkspaceEntry { id })?;
        self.write(put).await.map(drop)
    }

    /// All workspaces, in no order.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>> {
        let mut found = Vec::new();
        for shard in 0..keys::WORKSPACE_SHARDS {
            let range = Range::prefix(keys::workspaces_partition(shard), keys::WORKSPACE);
            let items: Vec<WorkspaceEntry> = self.query(range).await?;
            found.extend(items.into_iter().map(|item| item.id));
        }
        Ok(found)
    }

    /// Notes who signed a workspace up, unless that is known.
    pub async fn put_owner(&self, id: WorkspaceId, email: &str) -> Result<()> {
        let write = Write::update(keys::workspace(id), "SET owner_email = :email")
            .value("email", email)?
            .when("attribute_exists(pk) AND attribute_not_exists(owner_email)");
        self.write(write).await.map(drop)
    }

    /// The session under this hash. One that has expired may still be there.
    pub async fn session(&self, hash: &str, consistent: bool) -> Result<Option<Session>> {
        let found: Option<SessionItem> = self.get(&keys::session(hash), consistent).await?;
        Ok(found.map(|item| {
            let SessionItem { id, user_id, email, workspace_id, role, expires_at } = item;
            Session {
                id,
                member: Member { user_id, email, workspace_id, role },
                expires_at: Timestamp::from_millis(expires_at * 1000),
            }
        }))
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

    /// Revokes a key of `workspace`; whether there was one. What the workspace's usage of this month holds for the
    /// key alone goes with it.
    pub async fn delete_api_key(
        &self,
        workspace: WorkspaceId,
        id: KeyId,
        now: Timestamp,
    ) -> Result<bool> {
        let entry = keys::api_key_entry(workspace, id);
        let Some(ApiKeyItem { hash: Some(hash), dialect, .. }) = self.get(&entry, true).await?
        else {
            return Ok(false);
        };
        // Before it is revoked, so that an error says that it was not.
        if let Some(metering) = dialect.profile().metering {
            self.forget_minute(workspace, id, metering.counter, now).await?;
        }
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
    pub async fn delete_api_keys_of(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        now: Timestamp,
    ) -> Result<()> {
        let keys = self.api_keys(workspace).await?;
        for key in keys.into_iter().filter(|key| key.chatbot_id == Some(chatbot)) {
            self.delete_api_key(workspace, key.id, now).await?;
        }
        Ok(())
    }
}
