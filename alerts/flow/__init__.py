"""Verbs in running order: collect, detect, decide, review, address, compose, deliver, settle, tidy. Each is
`verb(app, now)`."""
