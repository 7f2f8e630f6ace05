"""The record: append-only, hash-linked, with a salted commitment for each field so that a redacted copy still
verifies."""
