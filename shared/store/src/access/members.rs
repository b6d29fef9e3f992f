//! The people of a workspace, and who was invited to it. A member is the user, under their address,
//! and a row in the workspace's list, which says what they may do; both come and go together.

use domain::{
    Error, Invitation, InvitationId, Result, Role, Timestamp, User, UserId, WorkspaceId,
    WorkspaceMember,
};
use serde::{Deserialize, Serialize};

use crate::{
    access::accounts::UserItem,
    keys,
    table::client::{Range, Store},
    table::conversions::item_conversions,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct MemberItem {
    user_id: UserId,
    email: String,
    role: Role,
    joined_at: Timestamp,
}

item_conversions!(MemberItem, WorkspaceMember { user_id, email, role, joined_at });

#[derive(Serialize, Deserialize)]
pub(crate) struct InvitationItem {
    id: InvitationId,
    workspace_id: WorkspaceId,
    email: String,
    role: Role,
    invited_at: Timestamp,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

item_conversions!(
    InvitationItem,
    Invitation { id, workspace_id, email, role, invited_at }
        + from { expires_at: from.expires_at().seconds() }
);

/// What became of an accepted invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// The user is a member.
    Done,
    /// The invitation was used, taken back or changed meanwhile.
    InvitationSpent,
    /// Another user has that e-mail address already.
    EmailTaken,
    /// The workspace has as many members as it may.
    Full,
}

/// How a workspace is told of its owners while one of them goes.
#[derive(Debug, Clone, Copy)]
pub struct Succession<'a> {
    /// An owner who stays.
    pub heir: &'a WorkspaceMember,
    /// Whether the one who goes is who the workspace's mail is sent to.
    pub moves_mail: bool,
}

/// The write that makes `member` one of `workspace`.
pub(super) fn put_member(workspace: WorkspaceId, member: &WorkspaceMember) -> Result<Write> {
    let put = Write::put(keys::member(workspace, member.user_id), &MemberItem::from(member))?;
    Ok(put.if_absent())
}

/// Part of a transaction: only if the user is a member with that role.
pub(super) fn still_has(workspace: WorkspaceId, user: UserId, role: Role) -> Result<Write> {
    let check = Write::check(keys::member(workspace, user)).name("role", "role");
    Ok(check.value("role", role)?.when("#role = :role"))
}

/// The writes by which an owner may stop being one: another one stays, and has the mail.
fn succession(workspace: WorkspaceId, of: Option<Succession<'_>>) -> Result<Vec<Write>> {
    let Some(Succession { heir, moves_mail }) = of else { return Ok(Vec::new()) };
    let mut writes = vec![still_has(workspace, heir.user_id, Role::Owner)?];
    if moves_mail {
        let heard = Write::update(
            keys::workspace(workspace),
            "SET owner_email = :email, owner_confirmed = :yes",
        );
        // Whoever joined has read the code that was sent to the address.
        writes.push(heard.value("email", &heir.email)?.value("yes", true)?.if_present());
    }
    Ok(writes)
}

impl Store {
    /// A member of a workspace, as of now.
    pub async fn workspace_member(
        &self,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Option<WorkspaceMember>> {
        let found: Option<MemberItem> = self.get(&keys::member(workspace, user), true).await?;
        Ok(found.map(Into::into))
    }

    /// Notes a user as a member of their workspace: of one from before that was done with the
    /// sign-up.
    pub async fn note_member(
        &self,
        workspace: WorkspaceId,
        member: &WorkspaceMember,
    ) -> Result<()> {
        let user = Write::check(keys::user(&member.email)).if_present();
        self.transact(vec![put_member(workspace, member)?, user]).await.map(drop)
    }

    /// The members of a workspace, those who came first first.
    pub async fn members(&self, workspace: WorkspaceId) -> Result<Vec<WorkspaceMember>> {
        let range = Range::prefix(keys::workspace_partition(workspace), keys::MEMBER);
        let items: Vec<MemberItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Who was invited to a workspace, in no order. Those whose time is over may still be there.
    pub async fn invitations(&self, workspace: WorkspaceId) -> Result<Vec<Invitation>> {
        let range = Range::prefix(keys::workspace_partition(workspace), keys::INVITATION);
        let items: Vec<InvitationItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// An invitation to a workspace.
    pub async fn workspace_invitation(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
    ) -> Result<Option<Invitation>> {
        let found: Option<InvitationItem> =
            self.get(&keys::invitation(workspace, id), true).await?;
        Ok(found.map(Into::into))
    }

    /// Keeps an invitation, in the place of an earlier one to the same address. Its change has the
    /// mail worker send a code.
    pub async fn put_invitation(&self, invitation: &Invitation) -> Result<()> {
        let key = keys::invitation(invitation.workspace_id, invitation.id);
        let writes = vec![
            Write::put(key, &InvitationItem::from(invitation))?,
            Write::check(keys::workspace(invitation.workspace_id)).if_present(),
        ];
        match self.transact(writes).await?.is_done() {
            true => Ok(()),
            false => Err(Error::not_found("workspace")),
        }
    }

    /// Takes an invitation back; whether there was one.
    pub async fn delete_invitation(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
    ) -> Result<bool> {
        let delete = Write::delete(keys::invitation(workspace, id)).if_present();
        Ok(self.write(delete).await?.is_done())
    }

    /// Makes `user` the member that `invitation` says, whose code has this hash. At most `max` join a
    /// workspace.
    pub async fn join(
        &self,
        invitation: &Invitation,
        user: &User,
        code_hash: &str,
        max: u32,
    ) -> Result<Joining> {
        let workspace = invitation.workspace_id;
        let member = WorkspaceMember {
            user_id: user.id,
            email: user.email.clone(),
            role: invitation.role,
            joined_at: user.created_at,
        };
        let taken = Write::delete(keys::invitation(workspace, invitation.id))
            .name("role", "role")
            .value("role", invitation.role)?
            .when("#role = :role");
        let room = Write::update(keys::workspace(workspace), "ADD joined :one")
            .value("one", 1)?
            .value("max", max)?
            .when("attribute_exists(pk) AND (attribute_not_exists(joined) OR joined < :max)");
        let writes = vec![
            Write::delete(keys::code(code_hash)).if_present(),
            taken,
            Write::put(keys::user(&user.email), &UserItem::from(user))?.if_absent(),
            put_member(workspace, &member)?,
            room,
        ];
        let outcome = self.transact(writes).await?;
        Ok(match outcome.is_done() {
            true => Joining::Done,
            false if outcome.refused(0) || outcome.refused(1) => Joining::InvitationSpent,
            false if outcome.refused(2) => Joining::EmailTaken,
            false => Joining::Full,
        })
    }

    /// Gives a member another role, and their sessions with them, if nothing of it has changed since;
    /// whether that is so.
    pub async fn set_role(
        &self,
        workspace: WorkspaceId,
        member: &WorkspaceMember,
        role: Role,
        succession_of: Option<Succession<'_>>,
    ) -> Result<bool> {
        let set = Write::update(keys::member(workspace, member.user_id), "SET #role = :role")
            .name("role", "role")
            .value("role", role)?
            .value("seen", member.role)?
            .when("#role = :seen");
        let mut writes = vec![set];
        writes.extend(succession(workspace, succession_of)?);
        if !self.transact(writes).await?.is_done() {
            return Ok(false);
        }
        // A session that begins from now on has the new role already.
        self.set_role_of_sessions(&member.email, role).await?;
        Ok(true)
    }

    /// Removes a member, who is a user no more, and ends their sessions; `false` if something of it
    /// has changed since it was read.
    pub async fn remove_member(
        &self,
        workspace: WorkspaceId,
        member: &WorkspaceMember,
        succession_of: Option<Succession<'_>>,
    ) -> Result<bool> {
        // Twice: whatever dies between the two leaves no session but one that has just begun.
        self.delete_sessions(&member.email, |_| true).await?;
        let listed = Write::delete(keys::member(workspace, member.user_id))
            .name("role", "role")
            .value("seen", member.role)?
            .when("#role = :seen");
        let mut writes = vec![listed, Write::delete(keys::user(&member.email))];
        writes.extend(succession(workspace, succession_of)?);
        if !self.transact(writes).await?.is_done() {
            return Ok(false);
        }
        let left = Write::update(keys::workspace(workspace), "ADD joined :less")
            .value("less", -1)?
            .value("none", 0)?
            .when("joined > :none");
        self.write(left).await?;
        self.delete_sessions(&member.email, |_| true).await?;
        self.delete_user_leftovers(&member.email).await?;
        Ok(true)
    }

    /// Removes what a user leaves behind under their address: the requests for codes.
    pub(crate) async fn delete_user_leftovers(&self, email: &str) -> Result<()> {
        use domain::CodePurpose::{Confirmation, Invitation, Membership, Reset};
        let purposes = [Confirmation, Invitation, Membership, Reset];
        let requests = purposes.map(|purpose| keys::code_request(email, purpose));
        self.batch_delete(&requests).await
    }
}
