"""What an intent does, in a sentence for staff: why, and what changed."""

from __future__ import annotations

from alerts.app import App
from alerts.model.intent import Intent
from alerts.model.reason import SENTENCES, Reason


def said(app: App, intent: Intent) -> str:
    """The reason's sentence and what is new with it. Substances and places under their English names."""
    parts = [SENTENCES[intent.reason]]
    places = ", ".join(app.gazetteer.name(p) for p in intent.new_places)
    if intent.reason is Reason.CORRECTED and places:
        parts.append(f"Taken off: {places}.")
    elif intent.alert is not None and places:
        parts.append(f"New: {places}.")
    if "level" in intent.change.split(","):
        parts.append(f"Level now {intent.level}.")
    if "confidence" in intent.change.split(","):
        parts.append(f"Now {intent.confidence}.")
    if intent.renamed:
        parts.append(f"The laboratory now names {app.lexicon.substances[intent.renamed].display('en')}.")
    if intent.level_rule:
        parts.append(f"Level by '{intent.level_rule}'.")
    return " ".join(parts)
