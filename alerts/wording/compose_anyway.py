"""A message although a template is broken: a clumsy warning in another wording beats none."""

from __future__ import annotations

from dataclasses import replace

from alerts.wording.compose import FIRST_LANGUAGE, Composed, compose
from alerts.wording.shelf import Shelf, WordingError
from alerts.wording.variables import Content
from alerts.wording.words import words


def compose_anyway(content: Content, *, kind: str, channel: str, language: str, shelf: Shelf) -> Composed:
    """As `compose`; where a file of the operator's cannot be used, the next best words, and `fallback` says which.

    Next best are the shipped words of the same language, then English, then the shipped English. A half-made
    translation or a typing error in an override must cost the wording, and never the warning.
    Raises WordingError only when the shipped words fail as well.
    """
    try:
        return compose(content, kind=kind, channel=channel, language=language, shelf=shelf)
    except WordingError as error:
        shipped = Shelf(shelf.folders[-1:])
        for stand_in, spoken in ((shipped, language), (shelf, FIRST_LANGUAGE), (shipped, FIRST_LANGUAGE)):
            if (stand_in, spoken) == (shelf, language) or stand_in.find(f"words/{spoken}.toml") is None:
                continue
            try:
                made = compose(content, kind=kind, channel=channel, language=spoken, shelf=stand_in)
            except WordingError:
                continue
            whose = "shipped " if stand_in is shipped else ""
            called = words(stand_in, made.language).called
            return replace(made, fallback=f"{error} Until then this message is made of the {whose}words in {called}.")
        raise
