//! Routes of the `docs` function.

mod site;
