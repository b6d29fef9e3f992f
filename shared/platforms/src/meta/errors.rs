//! What Meta's errors mean, by code: titles and HTTP statuses say too little.

use serde_json::Value;

use crate::{
    PieceError, SendFailure,
    call::Answered,
    text::{text, whole},
};

/// The answer's body, or what its error means.
pub(super) fn result(answered: &Answered) -> Result<&Value, PieceError> {
    let error = &answered.body["error"];
    match (error.is_object(), answered.is_ok()) {
        (true, _) => Err(of_code(error, Some(answered))),
        (false, true) => Ok(&answered.body),
        (false, false) => Err(answered.by_status("")),
    }
}

/// What an error object means: an answer's, or a failed receipt's.
pub(super) fn of_code(error: &Value, answered: Option<&Answered>) -> PieceError {
    let (code, subcode) = (whole(&error["code"]), whole(&error["error_subcode"]));
    let status = answered.map_or(0, |answered| answered.status);
    let failure = match (code, subcode) {
        (_, Some(2_018_278 | 2_534_022 | 2_018_065)) | (Some(131_047), _) => {
            SendFailure::WindowClosed
        }
        (_, Some(1_545_041 | 2_018_001 | 2_018_108)) => SendFailure::ThisConversation,
        (Some(0 | 190 | 368 | 131_031), _) => SendFailure::ChannelLost,
        (Some(4 | 32 | 613 | 80_007 | 130_429 | 131_048 | 131_056 | 133_016), _) => {
            limited(answered)
        }
        _ if status == 429 => limited(answered),
        (Some(3 | 10 | 200..=299), _) => SendFailure::OwnerSetup,
        (Some(551 | 131_021 | 131_026 | 131_030 | 131_050 | 131_062), _) => {
            SendFailure::ThisConversation
        }
        (Some(1 | 2 | 1_200 | 131_000 | 131_016 | 131_053 | 131_057 | 135_000), _) => PASSING,
        _ if status >= 500 || error["is_transient"] == true => PASSING,
        _ => SendFailure::OurFault,
    };
    PieceError::new(failure, &reason(error, code, subcode))
}

const PASSING: SendFailure = SendFailure::Transient { may_have_arrived: true };

fn limited(answered: Option<&Answered>) -> SendFailure {
    SendFailure::RetryAfter(answered.and_then(|answered| answered.retry_after))
}

fn reason(error: &Value, code: Option<i64>, subcode: Option<i64>) -> String {
    let code = match (code, subcode) {
        (Some(code), Some(subcode)) => format!("{code}/{subcode}"),
        (Some(code), None) => code.to_string(),
        (None, _) => "an error without a code".to_owned(),
    };
    let said = [&error["message"], &error["title"], &error["error_data"]["details"]];
    let said = said.into_iter().map(text).find(|said| !said.is_empty()).unwrap_or_default();
    format!("{code} {said}").trim().to_owned()
}
