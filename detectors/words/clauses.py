"""Sentences and clauses of a notice: the stretch of text within which a "no" or a "may" reaches."""

from __future__ import annotations

import re

_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\bSt\.)(?<!\bSte\.)(?<!\bDr\.)(?<!\bMt\.)(?<!\bU\.S\.)(?<!\bNo\.)[\"”’)]*"
    r"\s+(?=[A-ZÁÉÍÓÚÑ¿¡\"“0-9])|\n+"
)
_CLAUSE = re.compile(
    r";|, (?=(?:but(?! not)|however|although|though|while|whereas|yet|pero|aunque|mientras|sin embargo)\b)"
    r"|(?<=\w)(?<!nothing) (?=(?:but(?! not)|pero)\b)|, and (?=[a-z0-9-]+ in none\b)"
    # "41 had fentanyl, 22 had medetomidine, and none had xylazine": each count has a verb of its own
    r"|, (?:and |y )?(?=(?:\d+|none|one|two|three|four|five|six|seven|eight|nine|ten|ningun[oa]|un[oa]|dos|tres|cuatro|"
    r"cinco|seis|siete|ocho|nueve|diez) (?:had|held|contained|showed|tested|included|carried|ten[ií]an?|conten[ií]an?|"
    r"dieron|dio|mostró|mostraron)\b)"
    r"|,? y (?=en (?:\d+|un[oa]|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez) (?:habia|había|hubo|se )\b)"
    r"| and (?=(?:negative|positive) for\b)| y (?=(?:negativo|positivo) para\b)|: (?=it (?:was|is)\b)"
)
# "If someone is sleepy but breathing, …": the condition holds for all of it.
_CONDITION = re.compile(r"^(?:if|si)\b(?! bien)", re.IGNORECASE)
_SEMICOLON = re.compile(r";")
_CONCEDED = re.compile(r"^(?:although|though|while|aunque|si bien)\b[^,;]*(?P<end>,)", re.IGNORECASE)


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, without their surrounding space."""
    return _cut(text, 0, len(text), _SENTENCE)


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the clauses of the sentence text[start:end] (folded or as printed)."""
    if _CONDITION.match(text[start:end]):
        return _cut(text, start, end, _SEMICOLON)
    conceded = _CONCEDED.match(text[start:end])
    if conceded:
        middle = start + conceded.end("end")
        return [(start, middle), *_cut(text, middle, end, _CLAUSE)]
    return _cut(text, start, end, _CLAUSE)


def _cut(text: str, start: int, end: int, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = start
    for found in separator.finditer(text, start, end):
        spans.append((at, found.start()))
        at = found.end()
    spans.append((at, end))
    return [(first, last) for first, last in spans if text[first:last].strip()]
