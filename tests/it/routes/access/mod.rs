//! Routes of the `access` function.
