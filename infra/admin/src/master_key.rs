use app::adapters::key_ring::KeyRing;
use clap::Args;
use domain::Result;
use runtime::{Aws, Env};

/// Replaces the master key in two steps. The first one adds a key; once every function has started
/// again since, by a deployment or a day later, the second one has it seal. What was sealed before still
/// opens: no key is ever removed.
#[derive(Debug, Args)]
pub struct RotateMasterKey {
    /// Id of an added key, which seals from now on.
    #[arg(long, value_name = "ID")]
    activate: Option<String>,
}

impl RotateMasterKey {
    pub(crate) async fn run(self, env: &Env, aws: &Aws) -> Result<String> {
        let mut ring = KeyRing::parse(&aws.master_key(env).await?)?;
        let said = match self.activate {
            None => {
                let id = ring.add()?;
                format!(
                    "added master key {id}; key {} seals until every function has started again and \
                     you run rotate-master-key --activate {id}\n",
                    ring.current()
                )
            }
            Some(id) => {
                ring.activate(&id)?;
                format!("master key {id} seals from now on, in functions that start\n")
            }
        };
        aws.put_master_key(env, &ring.to_text()?).await?;
        Ok(said)
    }
}
