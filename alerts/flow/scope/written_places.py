"""Places as staff write them, as FIPS codes."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.app import App


def written_places(app: App, text: str, mistakes: list[str]) -> tuple[str, ...]:
    """Codes of "CA; Alameda County, CA; 06001"; () for an empty text. Adds a sentence to `mistakes` for each word that
    is no place."""
    home = app.configuration.programme.state
    codes: list[str] = []
    for word in _words(text):
        county, _, state = word.rpartition(",")
        if word in app.gazetteer:
            code: str | None = word
        elif county:
            code = app.gazetteer.resolve(state.strip(), county.strip())
        else:
            code = app.gazetteer.resolve(word) or app.gazetteer.resolve(home, word)
        if code is None:
            mistakes.append(
                f"'{word}' is not a place. Write a state (CA), or a county with its state (Kern County, CA)."
            )
        else:
            codes.append(code)
    return tuple(dict.fromkeys(codes))


def _words(text: str) -> Sequence[str]:
    return [word for word in (w.strip() for w in text.replace("\n", ";").split(";")) if word]
