//! Routes of the `chat` function.
