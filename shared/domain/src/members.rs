//! The people of a workspace: what each may do in it, and who was invited.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Error, InvitationId, Timestamp, UserId, WorkspaceId};

/// What a member may do in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything: keys, members, the plan and closing the account too. Members from before there
    /// were roles are owners.
    #[default]
    Owner,
    /// Chatbots with all that is theirs: knowledge, integrations, channels, webhooks, agent loops.
    Editor,
    /// Reading, and answering in the inbox.
    Agent,
    /// Reading.
    Viewer,
}

/// What a request by session does, as far as roles are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Reads of the workspace.
    Read,
    /// Changes the member's own account: password, address, sessions.
    OwnAccount,
    /// Answers in the inbox.
    Reply,
    /// Changes chatbots or what is theirs.
    Edit,
    /// Changes who may do what: keys, members, the account.
    Govern,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Editor, Self::Agent, Self::Viewer];

    /// The name in lower case, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// Whether a member with this role may do that.
    pub fn may(self, access: Access) -> bool {
        match access {
            Access::Read | Access::OwnAccount => true,
            Access::Reply => matches!(self, Self::Owner | Self::Editor | Self::Agent),
            Access::Edit => matches!(self, Self::Owner | Self::Editor),
            Access::Govern => self == Self::Owner,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| Error::field("role", "must be owner, editor, agent or viewer"))
    }
}

/// A member in the list of their workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceMember {
    /// Who it is.
    pub user_id: UserId,
    /// Their address, lower case.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// When they came.
    pub joined_at: Timestamp,
}

/// That an address was invited to a workspace. One has one invitation to a workspace at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Derived from workspace and address.
    pub id: InvitationId,
    /// Where they are invited to.
    pub workspace_id: WorkspaceId,
    /// Whom the code is sent to, lower case.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// When they were invited, the last time.
    pub invited_at: Timestamp,
}

impl Invitation {
    /// How long one is valid.
    pub const VALIDITY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    /// The invitation of `email` to a workspace.
    pub fn new(workspace_id: WorkspaceId, email: String, role: Role, now: Timestamp) -> Self {
        let id = InvitationId::derived(&["invitation", &workspace_id.to_string(), &email]);
        Self { id, workspace_id, email, role, invited_at: now }
    }

    /// When it is no longer valid.
    pub fn expires_at(&self) -> Timestamp {
        self.invited_at.plus(Self::VALIDITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_next_one_may_and_more() {
        let accesses =
            [Access::Read, Access::OwnAccount, Access::Reply, Access::Edit, Access::Govern];
        for pair in Role::ALL.windows(2) {
            let count = |role: Role| accesses.into_iter().filter(|of| role.may(*of)).count();
            assert!(accesses.into_iter().all(|of| pair[0].may(of) || !pair[1].may(of)));
            assert_eq!(count(pair[0]), count(pair[1]) + 1, "{pair:?}");
        }
        assert!(!Role::Viewer.may(Access::Reply));
    }

    #[test]
    fn roles_are_read_by_their_names() {
        for role in Role::ALL {
            assert_eq!(role.name().parse::<Role>().unwrap(), role);
        }
        assert!("admin".parse::<Role>().is_err());
    }
}
