//! Codes that were sent to addresses: of each only a hash is kept. And the requests for them, whose
//! change has the mail worker make and send one.

use std::time::Duration;

use domain::{AddressCode, CodePurpose, CodeRequest, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{keys, table::client::Store, table::write::Write};

/// One address is sent a code for the same purpose once in this time.
const PAUSE: Duration = Duration::from_secs(5 * 60);
/// How long a request is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Serialize, Deserialize)]
struct CodeItem {
    code: AddressCode,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct CodeRequestItem {
    pub request: CodeRequest,
    expires_at: i64,
}

impl Store {
    /// Keeps a code under its hash.
    pub async fn put_code(&self, hash: &str, code: &AddressCode) -> Result<()> {
        let item = CodeItem { code: code.clone(), expires_at: code.expires_at.seconds() };
        self.write(Write::put(keys::code(hash), &item)?).await.map(drop)
    }

    /// The code with this hash, if it is good for `purpose` at `now`.
    pub async fn code(
        &self,
        hash: &str,
        purpose: CodePurpose,
        now: Timestamp,
    ) -> Result<Option<AddressCode>> {
        let found: Option<CodeItem> = self.get(&keys::code(hash), true).await?;
        let valid = |code: &AddressCode| code.purpose == purpose && code.expires_at > now;
        Ok(found.map(|item| item.code).filter(valid))
    }

    /// Takes the code with this hash, so that it is good for nothing any more; whether it was there.
    pub async fn take_code(&self, hash: &str) -> Result<bool> {
        Ok(self.write(Write::delete(keys::code(hash)).if_present()).await?.is_done())
    }

    /// Notes that a code was requested, unless one for the same purpose was a moment ago.
    pub async fn request_code(&self, request: &CodeRequest) -> Result<()> {
        let key = keys::code_request(&request.email, request.purpose);
        let item = CodeRequestItem {
            request: request.clone(),
            expires_at: request.at.plus(KEPT).seconds(),
        };
        let earlier = request.at.millis() - i64::try_from(PAUSE.as_millis()).unwrap_or(0);
        let put = Write::put(key, &item)?
            .name("request", "request")
            .name("at", "at")
            .value("earlier", earlier)?
            .when("attribute_not_exists(pk) OR #request.#at <= :earlier");
        self.write(put).await.map(drop)
    }
}
