//! Routes of the `conversations` function.
