"""Verbs, in rooms: collection, detection, decision, reviewing, addressing, delivery, and those beside the way.

Each verb is `verb(app, now)`. `watch` walks from new evidence to addressed alerts; the clock rings it and all others. A
room may use those below it, as pyproject.toml has their layers.
"""
