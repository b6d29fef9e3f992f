//! Routes of the `webhooks` function.
