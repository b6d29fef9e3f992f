//! The engines in place of AWS on this machine: table, queues, secrets.

use std::{collections::HashMap, path::Path, sync::Arc};

use aws_sdk_sqs::{Client, config::StalledStreamProtectionConfig};

use crate::{
    LocalError, Options, Result, demo,
    engine::{DynamoEngine, SqsAndSecrets},
    queue_stats::QueueStats,
    template::{Setting, Template},
};

/// The table's name here.
pub(crate) const TABLE: &str = "colloquy";
/// The secret's name here.
const MASTER_KEY: &str = "colloquy-master-key";

/// What AWS would provide.
pub(crate) struct Engines {
    pub(crate) dynamodb: Arc<DynamoEngine>,
    pub(crate) sqs_and_secrets: SqsAndSecrets,
    pub(crate) sqs: Client,
    /// By their names in the template.
    pub(crate) queues: HashMap<String, String>,
}

impl Engines {
    /// Starts all that `template` declares.
    pub(crate) async fn start(options: &Options, template: &Template) -> Result<Self> {
        let data = (!options.memory).then_some(options.data.as_path());
        let dynamodb = DynamoEngine::start(data, 0).await.map_err(LocalError::of)?;
        dynamodb
            .create_table_if_absent(template.table.clone(), template.ttl_attribute.as_deref())
            .map_err(LocalError::of)?;
        let sqs_and_secrets = SqsAndSecrets::start(0).await.map_err(LocalError::of)?;
        sqs_and_secrets.put_secret(MASTER_KEY, &master_key(data)?).await.map_err(LocalError::of)?;
        let mut queues = HashMap::new();
        for queue in &template.queues {
            let dead = queue.dead_letters.as_ref().map(|(name, times)| (name.as_str(), *times));
            let url = sqs_and_secrets.create_queue(&queue.name, queue.visibility, dead).await;
            queues.insert(queue.name.clone(), url.map_err(LocalError::of)?);
        }
        for name in &options.event_queues {
            sqs_and_secrets.create_queue(name, 30, None).await.map_err(LocalError::of)?;
        }
        let credentials =
            aws_sdk_sqs::config::Credentials::new("local", "local", None, None, "local");
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_sqs::config::Region::from_static("us-east-1"))
            .credentials_provider(credentials)
            .endpoint_url(&sqs_and_secrets.endpoint)
            .http_client(runtime::plain_http())
            // It looks twice a second at each request under way, and receiving waits for long.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        let sqs = Client::from_conf(config);
        Ok(Self { dynamodb: Arc::new(dynamodb), sqs_and_secrets, sqs, queues })
    }

    /// A function's settings with every reference resolved, as CloudFormation would.
    pub(crate) fn env(
        &self,
        template: &Template,
        settings: &HashMap<String, Setting>,
        given: &HashMap<String, String>,
    ) -> Result<HashMap<String, String>> {
        let mut env = HashMap::from([("LOCAL_RUN".to_owned(), "true".to_owned())]);
        for (name, setting) in settings {
            let value = match setting {
                Setting::Literal(text) => text.clone(),
                Setting::Ref(to) if to == "Table" => TABLE.to_owned(),
                Setting::Ref(to) if to == "MasterKey" => MASTER_KEY.to_owned(),
                Setting::Ref(to) => given
                    .get(to)
                    .or_else(|| self.queues.get(to))
                    .or_else(|| template.parameters.get(to))
                    .cloned()
                    .ok_or_else(|| {
                        LocalError(format!("{name} refers to {to}, which is not there"))
                    })?,
            };
            env.insert(name.clone(), value);
        }
        Ok(env)
    }

    /// The ARNs of the queues that webhooks may name.
    pub(crate) fn event_queues(&self, options: &Options) -> String {
        let arns = options.event_queues.iter().map(|name| SqsAndSecrets::queue_arn(name));
        arns.collect::<Vec<_>>().join(",")
    }

    /// The queues that `wanted` names, to be looked at.
    pub(crate) fn stats(&self, wanted: impl Fn(&str) -> bool) -> QueueStats {
        let names = self.queues.keys().filter(|name| wanted(name));
        QueueStats { queues: self.sqs_and_secrets.queues(), names: names.cloned().collect() }
    }
}

fn master_key(data: Option<&Path>) -> Result<String> {
    let fresh = || app::adapters::random::hex_digits(64).map_err(LocalError::of);
    let Some(folder) = data else { return fresh() };
    let file = folder.join("master.key");
    match std::fs::read_to_string(&file) {
        Ok(key) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = fresh()?;
            demo::write_private(&file, &key)?;
            Ok(key)
        }
        Err(error) => Err(LocalError(format!("{}: {error}", file.display()))),
    }
}
