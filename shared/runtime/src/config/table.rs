use domain::Result;

use super::{Env, Variable};

const TABLE_NAME: Variable = Variable::required("TABLE_NAME", "Name of the DynamoDB table");

/// The table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableConfig {
    /// `TABLE_NAME`.
    pub name: String,
}

impl TableConfig {
    pub(super) const VARIABLES: [Variable; 1] = [TABLE_NAME];

    /// Reads it.
    pub fn read(env: &Env) -> Result<Self> {
        Ok(Self { name: TABLE_NAME.get(env)?.to_owned() })
    }
}
