//! One folder per messaging platform: verify, parse, render, send, classify an error.
