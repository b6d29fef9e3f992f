//! DynamoDB on one machine: dynoxide on an SQLite file or in memory, behind the real HTTP API.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::streams::{Log, StreamReader};
use super::{EngineError, EngineThreads, Result, failed, join, listen, stopped};

/// How often expired items are removed. A sweep reads the whole table, so not too often.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// An embedded DynamoDB. Dropping it stops it; [`DynamoEngine::shutdown`] also waits.
pub struct DynamoEngine {
    /// What SDK clients take as `endpoint_url`.
    pub endpoint: String,
    db: Database,
    log: Arc<Log>,
    used: Arc<Notify>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    _threads: EngineThreads,
    sweeper: JoinHandle<()>,
    /// Keeps other processes off the same file.
    _lock: Option<std::fs::File>,
}

impl DynamoEngine {
    /// Serves on loopback, on `port` or (0) any free one. The data is in
    /// `<data>/dynamodb.sqlite`, or in memory without a folder.
    pub async fn start(data: Option<&Path>, port: u16) -> Result<Self> {
        let lock = data.map(claim).transpose()?;
        let uri = match data {
            Some(folder) => file_uri(&folder.join("dynamodb.sqlite"))?,
            None => memory_uri(),
        };
        let db = Database::new(&uri).map_err(failed("opening the database"))?;
        let log = Arc::new(Log::open(&uri)?);
        let (listener, endpoint) = listen(port).await?;
        let (stop, stopping) = watch::channel(false);
        let serving =
            dynoxide::server::serve_with_shutdown(listener, db.clone(), stopped(stopping.clone()));
        let threads = EngineThreads::start()?;
        let server = threads.spawn(async move {
            if let Err(reason) = serving.await {
                tracing::error!(%reason, "the embedded DynamoDB stopped");
            }
        });
        let sweeper = tokio::spawn(sweep(db.clone(), stopping));
        let used = Arc::new(Notify::new());
        let (_threads, _lock) = (threads, lock);
        Ok(Self { endpoint, db, log, used, stop, server, _threads, sweeper, _lock })
    }

    /// Creates a table from the JSON of a CreateTable call, and turns on the expiry of its items
    /// by `ttl_attribute`. Returns whether the table is new; a table of the same name with other
    /// keys, indexes or stream is an error.
    pub fn create_table_if_absent(
        &self,
        mut spec: Value,
        ttl_attribute: Option<&str>,
    ) -> Result<bool> {
        // CloudFormation has no StreamEnabled: a view type says it.
        if let Some(stream) = spec.get_mut("StreamSpecification").and_then(Value::as_object_mut) {
            stream.entry("StreamEnabled").or_insert(Value::Bool(true));
        }
        let name = spec["TableName"].as_str().unwrap_or_default().to_owned();
        let what = format!("creating table {name}");
        let described = self.describe(&name);
        let new = described.is_err();
        match described {
            Ok(there) if shape(&there) != shape(&spec) => {
                return Err(EngineError(format!(
                    "table {name} is in the data folder with other keys, indexes or stream than \
                     declared: use another data folder"
                )));
            }
            Ok(_) => {}
            Err(_) => {
                let request: CreateTableRequest =
                    serde_json::from_value(spec).map_err(failed(&what))?;
                self.db.create_table(request).map_err(failed(&what))?;
            }
        }
        if let Some(attribute) = ttl_attribute {
            let request = UpdateTimeToLiveRequest {
                table_name: name,
                time_to_live_specification: TimeToLiveSpecification {
                    attribute_name: attribute.to_owned(),
                    enabled: true,
                },
            };
            self.db.update_time_to_live(request).map_err(failed(&what))?;
        }
        Ok(new)
    }

    /// To be told whenever something may have been written, so that readers that wait look at once.
    pub fn used(&self) -> Arc<Notify> {
        Arc::clone(&self.used)
    }

    /// Reads a table's stream from just after a sequence number, or from its oldest record.
    pub fn stream_reader(
        &self,
        table: &str,
        after_sequence: Option<String>,
    ) -> Result<StreamReader> {
        let description = self.describe(table)?;
        let arn = description["LatestStreamArn"]
            .as_str()
            .ok_or_else(|| EngineError(format!("table {table} has no stream")))?;
        let (db, log, used) = (self.db.clone(), Arc::clone(&self.log), self.used());
        StreamReader::open(db, log, used, arn, table, after_sequence)
    }

    /// Forgets the stream records before a sequence number, all but the newest one, which keeps
    /// sequence numbers growing. Returns how many went.
    pub async fn trim_stream(&self, table: &str, before_sequence: &str) -> Result<usize> {
        let (log, table) = (Arc::clone(&self.log), table.to_owned());
        let before = before_sequence.to_owned();
        tokio::task::spawn_blocking(move || log.trim(&table, &before))
            .await
            .map_err(failed("trimming the stream"))?
    }

    /// Forgets all stream records but the newest. Returns how many went.
    pub async fn empty_stream(&self, table: &str) -> Result<usize> {
        let (log, table) = (Arc::clone(&self.log), table.to_owned());
        tokio::task::spawn_blocking(move || log.empty(&table))
            .await
            .map_err(failed("trimming the stream"))?
    }

    /// Removes the items that have expired, as a background task does once a minute. Returns how
    /// many went.
    pub async fn sweep_ttl(&self) -> Result<usize> {
        sweep_once(self.db.clone()).await
    }

    /// Lets running requests finish, then stops.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        join(self.server).await;
        join(self.sweeper).await;
    }

    fn describe(&self, table: &str) -> Result<Value> {
        let request = DescribeTableRequest { table_name: table.to_owned() };
        let answer = self.db.describe_table(request).map_err(failed(format!("table {table}")))?;
        serde_json::to_value(answer.table).map_err(failed(format!("table {table}")))
    }
}

/// What of a table can't differ between its declaration and its data.
fn shape(table: &Value) -> Value {
    let mut indexes: Vec<Value> = table["GlobalSecondaryIndexes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|index| json!([index["IndexName"], index["KeySchema"], index["Projection"]]))
        .collect();
    indexes.sort_by_key(Value::to_string);
    json!([table["KeySchema"], indexes, table["StreamSpecification"]["StreamViewType"]])
}

async fn sweep(db: Database, stopping: watch::Receiver<bool>) {
    let stopped = stopped(stopping);
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(reason) = sweep_once(db.clone()).await {
            tracing::warn!(%reason, "expired items stay for now");
        }
    }
}

async fn sweep_once(db: Database) -> Result<usize> {
    let what = "removing expired items";
    tokio::task::spawn_blocking(move || db.sweep_ttl())
        .await
        .map_err(failed(what))?
        .map_err(failed(what))
}

/// Makes the data folder and its database, both for this user only, and locks them.
fn claim(folder: &Path) -> Result<std::fs::File> {
    let what = format!("the data folder {}", folder.display());
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        builder.mode(0o700);
        options.mode(0o600);
    }
    builder.create(folder).map_err(failed(&what))?;
    // SQLite gives its journal files the mode that the database file has.
    options.open(folder.join("dynamodb.sqlite")).map_err(failed(&what))?;
    let lock = options.open(folder.join("dynamodb.lock")).map_err(failed(&what))?;
    match lock.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(EngineError(format!("{what} is in use by another process")))
        }
        // A file system without locks is no reason not to start.
        Err(std::fs::TryLockError::Error(_)) | Ok(()) => Ok(lock),
    }
}

/// The absolute path, which SQLite can't take for a URI.
fn file_uri(path: &Path) -> Result<String> {
    let path = std::path::absolute(path).map_err(failed("the data folder"))?;
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| EngineError(format!("{} is not UTF-8", path.display())))
}

/// A database in memory that a second connection of this process can open too.
fn memory_uri() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("file:/colloquy-{}?vfs=memdb", COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
#[path = "dynamodb_tests.rs"]
mod tests;
