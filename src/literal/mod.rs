//! Python literals as text.
