//! Routes of the `chatbots` function.
