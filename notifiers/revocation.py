"""Sentences by which people take their consent back, and sayings that only look like it.

Revoking must work "by any reasonable means", in the language of the message (US: 47 CFR 64.1200(a)(10), which names
stop, quit, end, revoke, opt out, cancel and unsubscribe). So these tables lean towards STOP: who is stopped by mistake
reads so in the confirmation and writes START, while who is texted against their will has no such way.

Patterns look at folded text: lower case, no accents, no apostrophes, commas as words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final


def _some(words: str) -> str:
    """Any number of these words, in any order, each after a space."""
    return rf"(?: (?:{'|'.join(words.split())}))*"


def _one(words: str) -> str:
    return rf"(?:{'|'.join(words.split())})"


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b{source}") for source in sources)


_TEXTS = r"(?:text|txt|messag|msg|alert|sms|notif|spam|update|email)\w*"
_TEXTOS = r"(?:mensaj|texto|alerta|aviso|sms|notific|correo)\w*"
_MUTE = "text txt message msg contact email notify alert bother"
_WANTED = "to for get getting receive receiving have hear see any these your more anymore further the this of those you"
_TO_ME = "que me nos recibir recibiendo reciba seguir manden mande envien sigan enviando mandando mas ningun ninguna"
_GOING_ON = "all the these this your those it with sending me us any more getting please fucking"
_QUERIDO = _TO_ME + " estos estas sus los las tantos"
_SEND_ES = r"(?:mand|envi|escrib|text|mensaj|llam|molest|contact|notifi)\w*"

# Wherever they stand in a message, and whatever command it begins with.
REVOKING: Final[Mapping[str, tuple[re.Pattern[str], ...]]] = {
    "en": _patterns(
        rf"(?:sto+p+|quit|cease){_some(_GOING_ON)}"
        rf" (?:{_TEXTS}|contact\w*|communicat\w*|sending|call\w*|bother\w*|harass\w*)",
        rf"(?:dont|do not|never|(?<!did )not) (?:ever )?{_one(_MUTE)} {_one('me us this my again anymore')}\b",
        rf"(?:dont|do not|never) (?:ever )?send {_one('me us any more these this texts alerts messages')}\b",
        rf"(?:dont|do not|no longer|not) {_one('want wish need like care')}{_some(_WANTED + ' texting sending me')}"
        rf" (?:{_TEXTS}|from you|them|any ?more)",
        r"(?:off|out of|from) (?:this|the|your|ur|that) (?:\w+ )?list\b",
        r"no more (?:of )?(?:this|these|it|please)\b",
        r"(?:turn|shut|switch) (?:(?:this|these|them|it) off|off (?:the|these|this|my|all))\b",
        rf"(?:no more|enough){_some('of the these your with')} {_TEXTS}",
        rf"{_one('cancel end terminate discontinue')}{_some('my the this these all your')}"
        rf" (?:{_TEXTS}|subscription|sign ?up|service|consent|membership)",
        rf"{_one('remove delete unsubscribe erase unenroll')} (?:me|us|(?:my|this) {_one('number phone name info')})\b",
        r"(?:not|isnt) my (?:number|phone)\b",
        rf"(?:like|want|wish|please|need) (?:to )?{_one('cancel quit unsubscribe remove leave')}$",
        rf"{_one('take get cut drop opt leave')} (?:me|us|my number|this number) (?:off|out)\b",
        r"(?:opt(?:ing|ed)? out|optout|unsubscribe|unsuscribe|unsub|stopall)\b",
        r"(?:wrong (?:phone |cell )?(?:number|person)|lose (?:my|this) number)\b",
        r"(?:leave (?:me|us) alone|fuck off|piss off|(?:not|no longer) interested)\b",
        rf"{_one('revoke withdraw rescind')}{_some('my all')} (?:consent|permission)\b",
    ),
    "es": _patterns(
        rf"no {_one('me nos le les')} (?:vuelv\w+ a )?{_SEND_ES}",
        rf"no {_one('quiero queremos quisiera deseo autorizo autorizamos permito')} que {_one('me nos le')} {_SEND_ES}",
        r"no es (?:mi|este|el) (?:numero|telefono|celular)\b",
        r"(?:cancelen|cancele|cancelenlo|cancelenme)$",
        r"no (?:quiero|deseo) que (?:me|nos) llegu\w*",
        rf"suspend\w+{_some('los las estos estas sus ya')} {_TEXTOS}",
        r"(?:salir|salirme|fuera) de (?:la|su|esta) lista\b|no molest\w+",
        r"equivoc(?:aron|o|ado)(?: de)? numero\b",
        r"no (?:mand|envi|escrib)\w+ (?:me )?mas$",
        rf"no (?:mand|envi|escrib)\w+{_some('me mas estos tantos otro')} {_TEXTOS}",
        rf"no {_one('quiero queremos quisiera deseo necesito')}{_some(_QUERIDO)} (?:{_TEXTOS}|nada|esto|recibir|mas)\b",
        rf"(?:dej\w+|par[ae]\w*|termin\w+|cesen?|deten\w+|alto){_some('ya de con a los las estos estas sus tantos')}"
        rf" (?:{_SEND_ES}|{_TEXTOS})",
        rf"(?:no mas|basta de|basta con){_some('los las estos estas sus mas')} {_TEXTOS}",
        r"(?:quit|saqu|sac|borr|elimin|remuev|remov|retir)\w*"
        r" (?:de (?:la|su|esta|tu) lista|mi (?:numero|telefono|nombre|celular)|este numero)\b",
        r"(?:quitenme|quiteme|saquenme|saqueme|borrenme|borreme|eliminenme|elimineme|desuscrib\w+)\b",
        rf"{_one('dar dame deme denme darme quiero date solicito')}{_some('de la mi una')} baja\b",
        r"(?:dejen?me (?:en paz|tranquil\w)|deja de molestar)\b",
        r"(?:(?:numero|persona) equivocad[oa]|no me interesan?|no estoy interesad\w)\b",
        rf"cancel\w+{_some('mi mis la las los el estas estos su sus')} (?:suscripcion|consentimiento|{_TEXTOS})",
        r"(?:revoco|retiro)(?: mi)? (?:consentimiento|permiso)\b",
    ),
}

# Asks for the opposite. What follows is not looked at.
KEEP_ON: Final = re.compile(
    r"\b(?:(?:dont|do not|never) (?:ever )?(?:want (?:to|you to|them to) )?(?:stop|quit|cancel|unsubscribe|remove)\b.*"
    r"|no (?:me |nos )?(?:dej|par|cancel|quit|saqu|borr)(?:es|e|en|a)\b.*)"
)

_USING = r"(?:using|shooting|smoking|drinking|drugs|dope|fent\w*|tranq|opioids|heroin|meth|breathing)"

# Speaks of something else. Taken out before the loose rule looks; what remains decides.
ELSEWHERE: Final = re.compile(
    r"\b(?:sto+p+(?:ping|ped)? (?:by|in|at|over|off) \w+.*"
    rf"|{_one('bus truck rest pit van next first last one a train each every')} stops?\b"
    r"|non ?stop|full stop|stop sign"
    rf"|{_one('stop stopping quit quitting')} {_USING}\b(?! (?:my|this|our))"
    rf"|{_one('dejar parar')} de (?:usar|consumir|fumar|inyectar\w*|tomar|respirar)\b"
    rf"|{_one('does will can could would')}(?:nt)? (?:the )?{_one('naloxone narcan it this that they')} stop\b)"
)

# Loose: such a word begins the message, ends it without a question mark, or the message is short.
STOP_WORD: Final = re.compile(r"\b(?:sto+p+|stopall|unsubscribe|unsub|parar|paren|pare)\b")
SHORT: Final = 4  # words
