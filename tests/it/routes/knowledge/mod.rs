//! Routes of the `knowledge` function.
