//! A table's stream, read straight from the engine in the shape of a Lambda event.
//!
//! dynoxide keeps stream records in one SQLite table, never removes any, and looks up the highest
//! sequence number on each write without an index. A second connection to the same database adds
//! that index, trims what has been read, and tells cheaply whether anything was committed, and what about:
//! records that no function is called with are passed by without a look at their images.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dynoxide::Database;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use rusqlite::{Connection, params};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{EngineError, Result, failed};

/// When a waiting reader first looks whether something was committed that it was not told of: by
/// another process. Each look comes after twice the time, up to [`LAST_LOOK`]: an idle platform
/// should not keep a machine awake.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LAST_LOOK: Duration = Duration::from_secs(2);
/// How long a trim waits for the engine's own writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many records are trimmed per transaction: a write waits for one of these at most.
const TRIM_CHUNK: usize = 500;
/// dynoxide shows its sequence numbers with this added.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;

const INDEX: &str = "CREATE INDEX IF NOT EXISTS colloquy_stream_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";
const TRIM: &str = "DELETE FROM _stream_records WHERE id IN (
    SELECT id FROM _stream_records
    WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < min(?2, (
        SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1))
    ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?3)";
const KEYS: &str = "SELECT CAST(sequence_number AS INTEGER), keys_json FROM _stream_records
    WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) > ?2
    ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?3";

/// The second connection to an engine's database.
pub(super) struct Log {
    connection: Mutex<Connection>,
}

impl Log {
    /// Opens the database that the engine has opened (and so laid out) before.
    pub(super) fn open(uri: &str) -> Result<Self> {
        let what = "opening the stream's records";
        let connection = Connection::open(uri).map_err(failed(what))?;
        connection.busy_timeout(PATIENCE).map_err(failed(what))?;
        connection.execute_batch(INDEX).map_err(failed(what))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Removes all of a table's records but its newest.
    pub(super) fn empty(&self, table: &str) -> Result<usize> {
        self.trim_before(table, i64::MAX)
    }

    /// Removes a table's records before a sequence number, save its newest.
    pub(super) fn trim(&self, table: &str, before: &str) -> Result<usize> {
        self.trim_before(table, stored(before)?)
    }

    /// The sequence numbers of up to `max` records after a position, and the keys of the items that they
    /// are about.
    fn keys_after(&self, table: &str, position: i64, max: usize) -> Result<Vec<(i64, Value)>> {
        let what = "reading the stream's keys";
        let connection = self.lock();
        connection.busy_timeout(PATIENCE).map_err(failed(what))?;
        let mut statement = connection.prepare_cached(KEYS).map_err(failed(what))?;
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![table, position, max]).map_err(failed(what))?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next().map_err(failed(what))? {
            let text = row.get_ref(1).map_err(failed(what))?.as_str().map_err(failed(what))?;
            let of = serde_json::from_str(text).map_err(failed(what))?;
            keys.push((row.get(0).map_err(failed(what))?, of));
        }
        Ok(keys)
    }

    fn trim_before(&self, table: &str, before: i64) -> Result<usize> {
        let what = "trimming the stream";
        let mut trimmed = 0;
        loop {
            let connection = self.lock();
            connection.busy_timeout(PATIENCE).map_err(failed(what))?;
            let gone = connection
                .execute(TRIM, params![table, before, TRIM_CHUNK as i64])
                .map_err(failed(what))?;
            drop(connection);
            trimmed += gone;
            if gone < TRIM_CHUNK {
                return Ok(trimmed);
            }
        }
    }

    /// A number that another connection's commit changes; none while that can't be told.
    fn version(&self) -> Option<i64> {
        let connection = self.connection.try_lock().ok()?;
        connection.busy_timeout(Duration::ZERO).ok()?;
        let mut statement = connection.prepare_cached("PRAGMA data_version").ok()?;
        statement.query_row([], |row| row.get(0)).ok()
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number that the engine has stored, of one that it shows.
fn stored(public: &str) -> Result<i64> {
    let number = public.parse::<u128>().ok();
    number
        .and_then(|public| i64::try_from(public.checked_sub(SEQUENCE_OFFSET)?).ok())
        .ok_or_else(|| EngineError(format!("{public:?} is no sequence number")))
}

/// The number that the engine shows, of one that it has stored.
fn public(stored: i64) -> String {
    (SEQUENCE_OFFSET + u128::try_from(stored).unwrap_or_default()).to_string()
}

/// Records that were read, as far as they are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamBatch {
    /// The records.
    pub records: Vec<Value>,
    /// The sequence number of the last one that was read, wanted or not; none at the end of the stream.
    pub last: Option<String>,
}

/// Reads a table's stream in order. What was read is remembered by the caller, as the sequence
/// number of the last record that it has dealt with.
pub struct StreamReader {
    db: Database,
    log: Arc<Log>,
    used: Arc<Notify>,
    arn: String,
    table: String,
    shard: String,
    /// The stored number of the last record that was read.
    position: i64,
    /// The database's version before the last read.
    seen: Option<i64>,
}

impl StreamReader {
    pub(super) fn open(
        db: Database,
        log: Arc<Log>,
        used: Arc<Notify>,
        arn: &str,
        table: &str,
        after: Option<String>,
    ) -> Result<Self> {
        let shard = dynoxide::streams::shard_id(table);
        let position = after.as_deref().map(stored).transpose()?.unwrap_or_default();
        let (arn, table) = (arn.to_owned(), table.to_owned());
        Ok(Self { db, log, used, arn, table, shard, position, seen: None })
    }

    /// The stream's ARN, the `eventSourceARN` of its records.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The id of the table's one shard; it never changes.
    pub fn shard_id(&self) -> &str {
        &self.shard
    }

    /// Up to `max` (at most 1,000) records that come next, each as in `Records[]` of the event
    /// that Lambda hands to a function. Returns at once, with none if there are none.
    pub fn next(&mut self, max: usize) -> Result<Vec<Value>> {
        self.next_of(max, |_| true).map(|batch| batch.records)
    }

    /// The same without the records of items whose keys are not `wanted`.
    pub fn next_of(&mut self, max: usize, wanted: impl Fn(&Value) -> bool) -> Result<StreamBatch> {
        // Before the read: a commit between the two is then seen by the next wait.
        self.seen = self.log.version();
        let keys = self.log.keys_after(&self.table, self.position, max.max(1))?;
        let found: Vec<(i64, bool)> = keys.iter().map(|(at, keys)| (*at, wanted(keys))).collect();
        let mut records = Vec::new();
        let mut position = self.position;
        for run in found.chunk_by(|(_, a), (_, b)| a == b) {
            let Some((last, is_wanted)) = run.last() else { continue };
            if *is_wanted {
                self.read(position, run.len(), &mut records)?;
            }
            position = *last;
        }
        self.position = position;
        Ok(StreamBatch { records, last: found.last().map(|(at, _)| public(*at)) })
    }

    /// Reads `number` records after a position.
    fn read(&self, position: i64, number: usize, records: &mut Vec<Value>) -> Result<()> {
        let what = "reading the stream";
        let shard_iterator = encode_shard_iterator(&self.table, &self.shard, position);
        let request = GetRecordsRequest { shard_iterator, limit: Some(number) };
        let answer = self.db.get_records(request).map_err(failed(what))?;
        for record in &answer.records {
            let mut record = serde_json::to_value(record).map_err(failed(what))?;
            record["eventSourceARN"] = Value::String(self.arn.clone());
            records.push(record);
        }
        Ok(())
    }

    /// Waits until something was written (to any table) since the last [`StreamReader::next`],
    /// at most `timeout`. Returns whether another read may find records. Cancel-safe.
    pub async fn wait(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut pause = FIRST_LOOK;
        loop {
            let used = self.used.notified();
            tokio::pin!(used);
            // Before the look, so that a commit between the two wakes.
            used.as_mut().enable();
            // While the version can't be told, say there may be something: reading is cheap.
            if self.seen.is_none() || self.log.version() != self.seen {
                return true;
            }
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            tokio::select! {
                () = used => pause = FIRST_LOOK,
                () = tokio::time::sleep_until(deadline.min(now + pause)) => {
                    pause = (pause * 2).min(LAST_LOOK);
                }
            }
        }
    }
}
