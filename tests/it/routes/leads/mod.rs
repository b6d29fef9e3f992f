//! Routes of the `leads` function.

mod botplot;
