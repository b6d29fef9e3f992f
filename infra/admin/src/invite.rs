use app::App;
use clap::Args;
use domain::{CodePurpose, Plan, Result, bounds};

#[derive(Debug, Args)]
pub struct Invite {
    /// The address of whoever may sign up.
    email: String,
    /// The plan of their workspace; without it, the deployment's usual one.
    #[arg(long)]
    plan: Option<Plan>,
}

impl Invite {
    pub(crate) async fn run(self, app: &App) -> Result<String> {
        let email = bounds::email("email", &self.email)?;
        let code = app.make_code(CodePurpose::Invitation, &email, self.plan).await?;
        let days = CodePurpose::Invitation.validity().as_secs() / (24 * 60 * 60);
        Ok(format!(
            "{code}\nlets {email} sign up once within {days} days, as \"invitation\" beside email, \
             password and organization\n"
        ))
    }
}
