//! Cancelled transactions.

use aws_sdk_dynamodb::{error::SdkError, operation::transact_write_items::TransactWriteItemsError};

/// Why a transaction was cancelled, where that is an outcome and no failure.
pub(crate) enum Cancelled {
    /// A condition did not hold; which ones, in the order of the writes.
    Condition(Vec<bool>),
    /// Another call was at the same items, or the table was too busy: it may be tried again.
    Conflict,
}

/// Why `error` says that a transaction was cancelled.
pub(crate) fn cancelled<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Cancelled> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let codes: Vec<_> = cancelled
                .cancellation_reasons()
                .iter()
                .map(|reason| reason.code().unwrap_or_default())
                .collect();
            if codes.contains(&"ConditionalCheckFailed") {
                let which = codes.iter().map(|c| *c == "ConditionalCheckFailed").collect();
                Some(Cancelled::Condition(which))
            } else if codes.iter().any(|c| {
                matches!(
                    *c,
                    "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"
                )
            }) {
                Some(Cancelled::Conflict)
            } else {
                None
            }
        }
        TransactWriteItemsError::TransactionInProgressException(_) => Some(Cancelled::Conflict),
        _ => None,
    }
}
