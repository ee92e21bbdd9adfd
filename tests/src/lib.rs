//! Fracas.
