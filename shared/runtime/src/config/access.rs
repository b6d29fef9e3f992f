use domain::{Plan, Result, SignupMode};

use super::{Env, Variable};

const SIGNUP_PLAN: Variable =
    Variable::with_default("SIGNUP_PLAN", "enterprise", "Plan of a new workspace");
const SIGNUP_MODE: Variable = Variable::with_default(
    "SIGNUP_MODE",
    "invite",
    "Who may sign up: `invite` (whoever was invited), `open` (everybody) or `closed`",
);
const ALLOWED_ORIGINS: Variable = Variable::optional(
    "ALLOWED_ORIGINS",
    "Origins, separated by commas, whose pages may read and write with a session cookie besides the platform's own",
);
const MASTER_KEY_SECRET: Variable = Variable::required(
    "MASTER_KEY_SECRET",
    "Name of the secret in Secrets Manager with the key that seals tenants' secrets",
);

/// Who may sign up and in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessConfig {
    /// `SIGNUP_MODE`.
    pub signup_mode: SignupMode,
    /// `SIGNUP_PLAN`.
    pub signup_plan: Plan,
    /// `ALLOWED_ORIGINS`.
    pub allowed_origins: Vec<String>,
}

impl AccessConfig {
    pub(super) const VARIABLES: [Variable; 4] =
        [SIGNUP_PLAN, SIGNUP_MODE, ALLOWED_ORIGINS, MASTER_KEY_SECRET];

    /// Reads it.
    pub fn read(env: &Env) -> Result<Self> {
        let list = ALLOWED_ORIGINS.find(env).unwrap_or_default();
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        Ok(Self {
            signup_mode: SIGNUP_MODE.parse(env)?,
            signup_plan: SIGNUP_PLAN.parse(env)?,
            allowed_origins: origins.map(str::to_owned).collect(),
        })
    }

    /// `MASTER_KEY_SECRET`, which only functions that open secrets have.
    pub fn master_key_secret(env: &Env) -> Result<&str> {
        MASTER_KEY_SECRET.get(env)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::env, *};

    #[test]
    fn origins_are_a_list_and_a_plan_is_one_of_the_ladder() {
        let read = |origins| AccessConfig::read(&env(&[("ALLOWED_ORIGINS", origins)])).unwrap();
        assert_eq!(read("").allowed_origins, Vec::<String>::new());
        assert_eq!(read(" https://a, ,https://b").allowed_origins, ["https://a", "https://b"]);
        assert_eq!(read("").signup_plan, Plan::Enterprise);
        let error = AccessConfig::read(&env(&[("SIGNUP_PLAN", "gold")])).unwrap_err().to_string();
        assert!(error.contains("SIGNUP_PLAN"), "{error}");
    }
}
