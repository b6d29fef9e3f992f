//! Codes that are sent to addresses: invitations, confirmations, new passwords. A request for one is
//! a row; its change has the mail worker make a code, keep its hash and send it, so that no code is
//! ever in a queue, and none is known to whoever requested it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    AddressCode, CodePurpose, CodeRequest, Error, ErrorKind, Invitation, Plan, Result, Session,
    SignupMode, WorkspaceId, bounds,
};
use store::keys::sha256;

use crate::{App, adapters::random};

/// The longest text that can be a code; anything longer is not looked up.
const LONGEST_CODE: usize = 128;

/// That signing up takes an invitation, and there is none that is valid.
pub(super) fn not_invited() -> Error {
    Error::new(ErrorKind::Forbidden, "signing up needs an invitation that is valid")
}

impl App {
    /// Makes a code for whoever reads the mail of `email`.
    pub async fn make_code(
        &self,
        purpose: CodePurpose,
        email: &str,
        plan: Option<Plan>,
    ) -> Result<String> {
        let expires_at = self.now().plus(purpose.validity());
        let email = email.to_owned();
        self.keep_code(AddressCode { purpose, email, plan, invitation: None, expires_at }).await
    }

    /// Makes a code with which whoever reads the mail of the invited address joins the workspace.
    pub(crate) async fn make_membership_code(&self, invitation: &Invitation) -> Result<String> {
        self.keep_code(AddressCode {
            purpose: CodePurpose::Membership,
            email: invitation.email.clone(),
            plan: None,
            invitation: Some((invitation.workspace_id, invitation.id)),
            expires_at: invitation.expires_at(),
        })
        .await
    }

    async fn keep_code(&self, kept: AddressCode) -> Result<String> {
        let code = URL_SAFE_NO_PAD.encode(random::bytes::<24>()?);
        self.store.put_code(&sha256(&code), &kept).await?;
        Ok(code)
    }

    /// The code that lets `email` sign up, with its hash; `None` where none is needed.
    pub(super) async fn invitation(
        &self,
        mode: SignupMode,
        email: &str,
        code: Option<&str>,
    ) -> Result<Option<(String, AddressCode)>> {
        match (mode, code) {
            (SignupMode::Closed, _) => {
                Err(Error::new(ErrorKind::Forbidden, "signing up is closed"))
            }
            (SignupMode::Open, None) => Ok(None),
            (SignupMode::Invite, None) => Err(not_invited()),
            (SignupMode::Open | SignupMode::Invite, Some(code)) => {
                let found = self.find_code(CodePurpose::Invitation, code).await?;
                let own = found.filter(|(_, found)| found.email == email);
                own.map(Some).ok_or_else(not_invited)
            }
        }
    }

    pub(super) async fn find_code(
        &self,
        purpose: CodePurpose,
        code: &str,
    ) -> Result<Option<(String, AddressCode)>> {
        if code.is_empty() || code.len() > LONGEST_CODE {
            return Ok(None);
        }
        let hash = sha256(code);
        Ok(self.store.code(&hash, purpose, self.now()).await?.map(|found| (hash, found)))
    }

    /// Takes `code`, which is good for `purpose` once.
    pub(super) async fn take_code(&self, purpose: CodePurpose, code: &str) -> Result<AddressCode> {
        let spent = || Error::field("code", "is not valid, or not any more");
        let (hash, found) = self.find_code(purpose, code).await?.ok_or_else(spent)?;
        match self.store.take_code(&hash).await? {
            true => Ok(found),
            false => Err(spent()),
        }
    }

    /// Has a code sent to the member at `email`, unless one was a moment ago.
    pub(super) async fn request_code(
        &self,
        purpose: CodePurpose,
        email: &str,
        workspace_id: Option<WorkspaceId>,
    ) -> Result<()> {
        let request =
            CodeRequest { purpose, email: email.to_owned(), workspace_id, at: self.now() };
        self.store.request_code(&request).await
    }

    /// Has a code for a new password sent to the member at `email`. Whether there is one is told
    /// by nothing, the time it takes included.
    pub async fn request_reset(&self, email: Option<&str>) -> Result<()> {
        let email = bounds::email("email", bounds::required("email", email)?)?;
        let user = self.store.user(&email).await?;
        self.request_code(CodePurpose::Reset, &email, user.map(|user| user.workspace_id)).await
    }

    /// Has a code sent to the member of `session` by which they show that the address is theirs.
    pub async fn request_confirmation(&self, session: &Session) -> Result<()> {
        let member = &session.member;
        self.request_code(CodePurpose::Confirmation, &member.email, Some(member.workspace_id)).await
    }

    /// Notes that whoever was sent `code` has read it.
    pub async fn confirm_address(&self, code: Option<&str>) -> Result<()> {
        let code = bounds::required("code", code)?;
        let found = self.take_code(CodePurpose::Confirmation, code).await?;
        let user = self.store.user(&found.email).await?;
        let user = user.ok_or_else(|| Error::not_found("user"))?;
        self.store.confirm_owner(user.workspace_id, &user.email).await
    }
}
