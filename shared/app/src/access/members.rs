//! The members of a workspace. Whoever is invited is sent a code: the address is theirs before they
//! are a member. One owner always stays.

use std::time::Duration;

use domain::{
    CodePurpose, Error, ErrorKind, Invitation, InvitationId, Member, Result, Role, User, UserId,
    WorkspaceId, WorkspaceMember, bounds,
};
use store::{Joining, Succession};

use crate::{
    App,
    access::{accounts::NewSession, passwords::blocking, usage::Rate},
};

/// How many may join a workspace beside who signed it up.
pub const MAX_JOINED: u32 = 100;

/// Invitations of one workspace: each is a letter to an address of a member's choice. With how long
/// one is valid this bounds how many there are at a time.
const PER_DAY: Rate = Rate {
    what: "invitation",
    max: 20,
    window: Duration::from_secs(24 * 60 * 60),
    refusal: "a workspace may invite 20 times a day; try again later",
};

/// The people of a workspace.
#[derive(Debug)]
pub struct Members {
    /// Those who came first first.
    pub members: Vec<WorkspaceMember>,
    /// Whoever has not come yet, the last one first.
    pub invitations: Vec<Invitation>,
}

fn changed_meanwhile() -> Error {
    Error::new(ErrorKind::Conflict, "the members were changed by another request; try again")
}

impl App {
    /// The members of the workspace of `member`, and who was invited to it.
    pub async fn members(&self, member: &Member) -> Result<Members> {
        let workspace = member.workspace_id;
        let (mut members, mut invitations) =
            tokio::try_join!(self.store.members(workspace), self.store.invitations(workspace))?;
        if members.iter().all(|listed| listed.user_id != member.user_id) {
            // Their session began before members were listed.
            if let Some(user) = self.store.user(&member.email).await? {
                members.push(self.member_of(&user).await?);
            }
        }
        let now = self.now();
        invitations.retain(|invitation| invitation.expires_at() > now);
        members.sort_by_key(|member| (member.joined_at, member.user_id));
        invitations.sort_by_key(|invitation| std::cmp::Reverse(invitation.invited_at));
        Ok(Members { members, invitations })
    }

    /// Has an invitation to `workspace` sent to `email`, in the place of an earlier one.
    pub async fn invite(
        &self,
        workspace: WorkspaceId,
        email: Option<&str>,
        role: Option<&str>,
    ) -> Result<Invitation> {
        let email = bounds::email("email", bounds::required("email", email)?)?;
        let role: Role = bounds::required("role", role)?.parse()?;
        let listed = self.store.members(workspace).await?;
        if listed.iter().any(|member| member.email == email) {
            return Err(Error::new(ErrorKind::Conflict, "this address is of a member already"));
        }
        self.take_rate(PER_DAY, &workspace.to_string()).await?;
        let invitation = Invitation::new(workspace, email, role, self.now());
        self.store.put_invitation(&invitation).await?;
        Ok(invitation)
    }

    /// Takes an invitation back: its code is good for nothing any more.
    pub async fn withdraw_invitation(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
    ) -> Result<()> {
        match self.store.delete_invitation(workspace, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("invitation")),
        }
    }

    /// Makes whoever was sent `code` the member that the invitation says, signed in.
    pub async fn join(&self, code: Option<&str>, password: Option<&str>) -> Result<NewSession> {
        let code = bounds::required("code", code)?;
        let password = bounds::required("password", password)?;
        bounds::password("password", password)?;
        let spent = || Error::field("code", "is not valid, or not any more");
        let (hash, found) =
            self.find_code(CodePurpose::Membership, code).await?.ok_or_else(spent)?;
        let (workspace, id) = found.invitation.ok_or_else(spent)?;
        let invitation = self.store.workspace_invitation(workspace, id).await?;
        let invitation = invitation.ok_or_else(spent)?;
        let workspace = self.workspace(workspace).await?;
        let (cost, password) = (self.passwords, password.to_owned());
        let password_hash = blocking(move || cost.hash(&password)).await?;
        let user = User {
            id: UserId::new(),
            email: found.email,
            password_hash,
            workspace_id: workspace.id,
            created_at: self.now(),
        };
        match self.store.join(&invitation, &user, &hash, MAX_JOINED).await? {
            Joining::Done => {}
            Joining::InvitationSpent => return Err(spent()),
            Joining::EmailTaken => {
                let message = "an account with this email exists already; an address is a member of \
                               one workspace";
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            Joining::Full => {
                let message = format!("a workspace can have {MAX_JOINED} members beside its first");
                return Err(Error::new(ErrorKind::Conflict, message));
            }
        }
        let member = self.member_of(&user).await?;
        self.begin_session(member, workspace).await
    }

    /// Gives a member of the workspace another role, from their next request on.
    pub async fn set_role(
        &self,
        workspace: WorkspaceId,
        id: UserId,
        role: Option<&str>,
    ) -> Result<WorkspaceMember> {
        let role: Role = bounds::required("role", role)?.parse()?;
        let (member, others) = self.member_among_others(workspace, id).await?;
        let heir = match role {
            Role::Owner => None,
            _ => self.heir(workspace, &member, &others).await?,
        };
        let succession = succession(heir.as_ref());
        match self.store.set_role(workspace, &member, role, succession).await? {
            true => Ok(WorkspaceMember { role, ..member }),
            false => Err(changed_meanwhile()),
        }
    }

    /// Removes a member of the workspace. Their sessions end at once; keys that they made stay.
    pub async fn remove_member(&self, workspace: WorkspaceId, id: UserId) -> Result<()> {
        let (member, others) = self.member_among_others(workspace, id).await?;
        let heir = self.heir(workspace, &member, &others).await?;
        match self.store.remove_member(workspace, &member, succession(heir.as_ref())).await? {
            true => Ok(()),
            false => Err(changed_meanwhile()),
        }
    }

    async fn member_among_others(
        &self,
        workspace: WorkspaceId,
        id: UserId,
    ) -> Result<(WorkspaceMember, Vec<WorkspaceMember>)> {
        let (own, others): (Vec<_>, Vec<_>) =
            self.store.members(workspace).await?.into_iter().partition(|of| of.user_id == id);
        let member = own.into_iter().next().ok_or_else(|| Error::not_found("member"))?;
        Ok((member, others))
    }

    /// The owner who stays when `member` is an owner no more, and whether the workspace's mail moves
    /// to them; `None` if `member` is none.
    async fn heir(
        &self,
        workspace: WorkspaceId,
        member: &WorkspaceMember,
        others: &[WorkspaceMember],
    ) -> Result<Option<(WorkspaceMember, bool)>> {
        if member.role != Role::Owner {
            return Ok(None);
        }
        let heir = others.iter().find(|other| other.role == Role::Owner).ok_or_else(|| {
            Error::new(
                ErrorKind::Conflict,
                "a workspace needs an owner; make another member one first",
            )
        })?;
        let owner_email = self.workspace(workspace).await?.owner_email;
        let moves_mail = owner_email.as_ref() == Some(&member.email);
        Ok(Some((heir.clone(), moves_mail)))
    }
}

fn succession(heir: Option<&(WorkspaceMember, bool)>) -> Option<Succession<'_>> {
    heir.map(|(heir, moves_mail)| Succession { heir, moves_mail: *moves_mail })
}
