"""What people write back, as tables. Words are folded: lower case, no accents, no apostrophes, no punctuation.

Sentences that revoke consent: notifiers.revocation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    WHY = "why"
    LANG = "lang"
    JOIN = "join"
    REPORT = "report"
    FEEDBACK = "feedback"
    UNKNOWN = "unknown"


# Words that both languages use; the person's own language stands.
BOTH: Final = ""

# Said around a command without changing it.
# fmt: off
FILLERS: Final = frozenset({
    "please", "pls", "plz", "por", "favor", "porfavor", "porfa", "gracias", "thanks", "thank", "you", "thx", "ok",
    "okay", "hi", "hello", "hola", "hey", "now", "ya", "ahora", "already", "just", "bye", "adios", "immediately",
    "todo", "everything", "me", "this", "it", "yall", "sir", "senor", "senora",
})
# fmt: on

# The whole message, fillers aside: (kind, language, argument).
WHOLE: Final[Mapping[str, tuple[Kind, str, str]]] = {
    **dict.fromkeys(
        ("stop", "stopall", "stop all", "stopp", "stp", "sotp", "stpo", "stahp", "sto", "stob", "sop", "stoop", "spam",
         "this is spam", "its spam", "make it stop"),
        (Kind.STOP, BOTH, ""),
    ),
    **dict.fromkeys(
        (
            "end", "quit", "revoke", "cancel", "optout", "opt out", "unsubscribe", "unsub", "unsuscribe", "remove",
            "remove me", "delete me", "no more", "no thanks", "no thank you", "nope stop", "enough", "i quit",
            "cancel all",
            "wrong", "blocked", "block", "end this", "end it", "discontinue", "not interested", "leave me alone",
            "i want to quit", "i want to stop", "i want out", "take me off", "opt me out", "get lost", "stop it",
        ),
        (Kind.STOP, "en", ""),
    ),
    **dict.fromkeys(
        (
            "alto", "parar", "pare", "paren", "para", "baja", "cancelar", "cancelenme", "cancele", "cancelen",
            "cancela", "basta",
            "ya basta", "fin", "terminar", "termine", "salir", "salirme", "detener", "detenganse", "no mas", "ya no",
            "ya no mas", "no gracias", "eliminar", "eliminenme", "borrar", "borrenme", "borrame", "quitar", "quitenme",
            "quitame", "saquenme", "sacame", "darme de baja", "dar de baja", "de baja", "desuscribir", "desuscribirme",
            "dejenme", "dejen", "dejar", "revocar", "anular", "quiero salir", "no quiero",
        ),
        (Kind.STOP, "es", ""),
    ),
    **dict.fromkeys(
        ("start", "unstop", "resume", "subscribe", "begin", "restart", "opt in", "optin", "sign me up", "resubscribe"),
        (Kind.START, "en", ""),
    ),
    **dict.fromkeys(
        ("inicio", "iniciar", "comenzar", "empezar", "reanudar", "alta", "suscribir", "suscribirme", "volver",
         "reactivar", "darme de alta"),
        (Kind.START, "es", ""),
    ),
    # A bare yes starts nothing by itself: it confirms what was asked, if anything was.
    **dict.fromkeys(("yes", "yes i do", "y", "confirm", "i agree"), (Kind.START, "en", "yes")),
    **dict.fromkeys(("si", "confirmo", "confirmar", "acepto", "si quiero"), (Kind.START, "es", "yes")),
    **dict.fromkeys(
        ("help", "info", "information", "who is this", "who are you", "what is this"),
        (Kind.HELP, "en", ""),
    ),
    **dict.fromkeys(
        ("ayuda", "informacion", "quien es", "quien eres", "quienes son", "que es esto", "de parte de quien"),
        (Kind.HELP, "es", ""),
    ),
    **dict.fromkeys(("why", "why me"), (Kind.WHY, "en", "")),
    **dict.fromkeys(("por que", "porque", "xq", "por que yo"), (Kind.WHY, "es", "")),
    **dict.fromkeys(("english", "in english", "english only", "ingles", "en ingles"), (Kind.LANG, "en", "en")),
    **dict.fromkeys(
        ("spanish", "in spanish", "espanol", "en espanol", "solo espanol", "hablo espanol", "habla espanol"),
        (Kind.LANG, "es", "es"),
    ),
    **dict.fromkeys(("1", "uno", "one"), (Kind.FEEDBACK, BOTH, "1")),
    **dict.fromkeys(("2", "dos", "two"), (Kind.FEEDBACK, BOTH, "2")),
    **dict.fromkeys(("3", "tres", "three"), (Kind.FEEDBACK, BOTH, "3")),
    **dict.fromkeys(("seen here", "seen", "1 seen here", "1 seen", "seen it here"), (Kind.FEEDBACK, "en", "1")),
    **dict.fromkeys(
        ("not here", "not seen", "not seen here", "2 not here", "2 not seen here"),
        (Kind.FEEDBACK, "en", "2"),
    ),
    **dict.fromkeys(("useful", "helpful", "3 useful", "very useful"), (Kind.FEEDBACK, "en", "3")),
    **dict.fromkeys(("visto aqui", "visto", "1 visto aqui", "1 visto"), (Kind.FEEDBACK, "es", "1")),
    **dict.fromkeys(("no visto", "no visto aqui", "aqui no", "2 aqui no", "2 no visto"), (Kind.FEEDBACK, "es", "2")),
    **dict.fromkeys(("util", "3 util", "muy util"), (Kind.FEEDBACK, "es", "3")),
}  # fmt: skip

# The first word, when more follows: (kind, language). What follows is the argument, as written.
LEADING: Final[Mapping[str, tuple[Kind, str]]] = {
    "help": (Kind.HELP, "en"),
    "ayuda": (Kind.HELP, "es"),
    "ayudame": (Kind.HELP, "es"),
    "why": (Kind.WHY, "en"),
    "lang": (Kind.LANG, "en"),
    "language": (Kind.LANG, "en"),
    "idioma": (Kind.LANG, "es"),
    "lengua": (Kind.LANG, "es"),
    "join": (Kind.JOIN, "en"),
    "unirse": (Kind.JOIN, "es"),
    "unirme": (Kind.JOIN, "es"),
    "report": (Kind.REPORT, "en"),
    "reporte": (Kind.REPORT, "es"),
    "reportar": (Kind.REPORT, "es"),
    "informe": (Kind.REPORT, "es"),
}

LANGUAGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("en", "eng", "english", "ingles"), "en"),
    **dict.fromkeys(("es", "esp", "spa", "spanish", "espanol", "castellano"), "es"),
}

# Somebody writes to a number that nobody watches. The answer to HELP must say so and name 911.
EMERGENCY: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:(?:not|isnt|stopped|aint|quit) breathing|wont wake up|cant wake|is overdosing|overdosing now"
        r"|turning blue|need (?:an )?ambulance|call 911|send help)\b"
    ),
    "es": re.compile(
        r"\b(?:no (?:esta )?respira(?:ndo)?|dejo de respirar|no (?:se )?despierta|sobredosis ahora"
        r"|se esta poniendo azul|necesit\w+ (?:una )?ambulancia|manden ayuda)\b"
    ),
}

WHY_ASKED: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(r"\bwhy (?:am i|did i|do i|are you|was i|is this)\b.*|\bhow did you get my number\b"),
    "es": re.compile(
        r"\bpor ?que (?:me|recib\w+|nos|estoy|llego|tengo)\b.*"
        r"|\b(?:como|de donde) (?:consiguieron|tienen|sacaron) mi numero\b"
    ),
}

# A sign held up, with no word beside it.
STOP_SIGNS: Final = frozenset("🛑⛔🚫✋🖐")
