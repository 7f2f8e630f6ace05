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
_SEND_ES = r"(?:estar )?(?:mand|envi|escrib|text|mensaj|llam|molest|contact|notifi|ching|freg|frieg|jod)\w*"
_MY_LINE = r"(?:cell(?:phone)?|phone|number|line|name|info\w*|data|contact|inbox|email)"
_MI_LINEA = r"(?:numero|telefono|celular|linea|correo|nombre|datos|informacion|contacto)"
_KIN = r"(?:daughter|son|kids?|wife|husband|mom|mother|dad|father|family)"

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
        r"(?:consent|permission) (?:is )?(?:revoked|withdrawn)\b",
        rf"{_one('take remove delete erase drop')} (?:my|this|our) {_MY_LINE}\b"
        rf"(?! (?:from|in) the {_one('flyer poster')})",
        rf"{_one('remove delete erase')} (?:my|this)$",
        rf"{_one('get take let')} (?:me|us) out of (?:this|these|the|your|here)\b",
        r"discontinue$|discontinue (?:this|these|my|the|your|please|immediately|,)",
        r"un ?su[bs]+c?r?i\w+",
        rf"(?:sto+p+|quit|cease)(?: \w+){{0,3}} (?:my|this|our) {_MY_LINE}\b",
        rf"(?:sto+p+|quit)(?: \w+){{0,1}} (?:texting|messaging|bothering|contacting) my {_KIN}\b",
        rf"{_one('stop end cancel')} (?:this|the|my|your) (?:service|programme?|thing|subscription|list)\b",
        rf"how (?:do|can|would) (?:i|we|you) {_one('stop end quit cancel')} (?:getting|receiving|these|this$|{_TEXTS})",
        r"no more(?: ,|$)",
        rf"no {_TEXTS} (?:at all|please|ever|anymore|any more)\b",
        r"(?:rather|prefer(?: to)?|need to|want to|please|you) not (?:to )?"
        r"(?:see|get|receive|send|text|message|be sent)\b"
        rf"(?! (?:the |any )?{_one('strips kits naloxone narcan')})",
        r"(?:need|want) not to (?:see|get|receive|be sent)\b|dont (?:send|text) (?:me|us|these|this)\b",
        r"(?:didnt|did not|never|havent) (?:consent\w*|agreed?|subscribed?|sign(?:ed)? (?:up|me up))\b",
        r"never asked(?: for (?:this|these|it|any of (?:this|it)))?$",
        r"(?:dont|do not) (?:text|message|msg|contact)(?: ,|$| or\b| and (?:dont|do not)\b)",
        r"(?:text|message|contact|msg) (?:me|us) (?:again|one more time|once more) and (?:see|i|ill|you|youll|well)\b",
        r"if (?:you|u|yall) (?:ever )?(?:text|message|contact)(?: me| us| this number)? again\b",
        rf"leave my (?:{_MY_LINE}|{_KIN}) alone\b",
        r"(?:this|its|it|these|thats) (?:is|are|s)? ?(?:just |all )?spam\b",
        r"(?:i am|im|will|ill|gonna) block(?:ing)? (?:you|this|ur|your)\b",
        r"(?:no|zero|not any) interest in (?:this|these|it|your|getting|receiving)\b",
        rf"no (?:further|other|additional) (?:{_TEXTS}|contact)",
        r"(?:be|have me|get me|get us) (?:removed|taken off|unsubscribed|deleted|dropped)\b",
        r"(?:thanks|please|you)(?: ,)? remove$",
        rf"(?:not|dont|no longer|never) {_one('wish want like care need agree')} to be"
        rf" {_one('contacted texted messaged included bothered notified')}\b",
        r"\b(?:cease and )?desist\b|wrong (?:phone|cell|guy|girl|lady|man|dude|woman|house)\b",
        r"(?:want|need|wanna be|wanna get|let me|like) (?:off|out)$",
        rf"(?:done|finished|through) with (?:this|these|it|your|the {_TEXTS})(?:$| ,)",
        rf"(?:get rid of|scratch|drop) (?:me|us|(?:my|our|this) {_MY_LINE})\b",
        rf"no longer {_one('need want require')}{_some('this these the your it')}"
        rf" (?:service|thing|program\w*|stuff|{_TEXTS})",
        rf"(?:said|asked|told)(?: \w+){{0,2}} {_one('cancel stop quit unsubscribe remove')}\b(?! (?:by|at|in|using)\b)",
        rf"sto+p+ {_one('it this these that')}$",
        rf"{_one('remove delete drop')} our {_one('site clinic agency organization org team office number program')}\b",
        r"^(?:ok )?enough (?:with|of)\b(?! (?:strips|kits|naloxone|narcan))",
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
        rf"(?:este|el|mi) {_MI_LINEA} ya no (?:es|lo|pertenece|corresponde)\b",
        rf"ya no (?:usa|uso|tiene|tengo|es)(?: mas)? (?:este|ese|mi|el) {_MI_LINEA}\b",
        r"equivoc\w+ de (?:persona|numero|telefono|celular)\b",
        rf"{_MI_LINEA} (?:incorrecto|equivocado|erroneo)\b|wrong numero\b",
        rf"(?:quit|sac|saqu|borr|elimin|remuev|remov|retir)\w* (?:mi|este|ese) {_MI_LINEA}\b",
        r"(?:borr|saqu|sac|quit|elimin)\w*(?:me|nos) de (?:ahi|aqui|esto|eso|la lista|su lista|esta lista|todo)\b",
        r"no (?:me |nos )?(?:mand|envi|escrib)\w+$",
        rf"no (?:mand|envi|escrib|text)\w+ (?:nada|a (?:este|mi) {_MI_LINEA})\b",
        r"(?:favor de|por favor|quiero|deseo|solicito) (?:cancelar|terminar|salir|parar)$",
        r"^alto (?:con|ya|a|por)\b",
        r"no (?:quiero|queremos) saber (?:nada|mas)\b",
        r"dejar de (?:recibir|seguir recibiendo)\b",
        rf"dej\w+ (?:en paz )?(?:a )?(?:mi|este) {_MI_LINEA}\b",
        rf"(?:cans\w+|hart\w+|fastidi\w+)(?: \w+){{0,1}} (?:de|con)"
        rf"{_some('estos estas sus tantos tantas tanto tanta los las recibir')} {_TEXTOS}",
        r"^(?:ya )?par[ae]n?l[eo]s?\b",
        r"(?:gracias|favor)(?: ,)? (?:ya )?no mas$",
    ),
}

# The general rule for a short text that no sentence above has: a word that ends, a word for what we send or where we
# send it, and none that speaks of something else.
ENDING: Final = re.compile(
    r"\b(?:sto+p\w*|quit\w*|end|cease|cancel\w*|remove\w*|delete\w*|erase|unsub\w*|block\w*|off|done|no|not|dont|never|nunca"
    r"|alto|basta|paren?|dejen?|borr\w+|saqu\w+|elimin\w+|baja|sin)\b"
)
SENT: Final = re.compile(
    rf"\b(?:{_TEXTS}|{_TEXTOS}|number|phone|cell|list|subscription|numero|telefono|celular|lista)\b"
)
OTHERWISE: Final = re.compile(
    r"\b(?:since|came|come|coming|through|yet|late|open|link|fine|twice|new|nuev\w+|teng\w+|tien\w+|have|havent|hay|got|get"
    r"|didnt|llega\w*|llego|sirve|work\w*|change\w*|update|flyer\w*|volante\w*|poster\w*|post\w*|kits?|strips?|tiras?"
    r"|naloxon\w+|narcan|van|clinic\w*|here|aqui|call|llam\w+|know|se|entiend\w+|understand|problem\w*|worr\w+|keep"
    r"|sig\w+|only|solo|just|miss\w*|lost|perd\w+|was|were|dead|area|contest\w+|condado|county|friend|amig\w+|but|pero|thank\w*|gracias|what|which|when|que|cual)\b"
)
GENERAL: Final = 8  # words

# As people type on a phone: whole words, and what is read in their stead.
TYPED: Final[Mapping[str, str]] = {
    "kiero": "quiero", "q": "que", "k": "que", "ke": "que", "x": "por", "d": "de", "porfis": "porfavor",
    "xfa": "porfavor", "xfavor": "porfavor", "msj": "mensaje", "msjs": "mensajes", "mjs": "mensajes",
    "cel": "celular", "tel": "telefono",
    "num": "numero", "nro": "numero", "u": "you", "ur": "your", "r": "are", "tx": "thanks", "ty": "thanks",
    "mensajitos": "mensajes", "mensajito": "mensaje", "textitos": "textos", "cellphone": "cell",
}  # fmt: skip

# A sign held up, with no word beside it.
STOP_SIGNS: Final = frozenset("🛑⛔🚫✋🖐")

# Asks for the opposite. What follows is not looked at.
KEEP_ON: Final = re.compile(
    r"\b(?:(?:dont|do not|never) (?:ever )?(?:want (?:to|you to|them to) )?"
    r"(?:stop|quit|cancel|unsubscribe|remove|take (?:me|us)|drop|delete|cut (?:me|us))\b.*"
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
STOP_WORD: Final = re.compile(r"\b(?:sto+p+|sta+h+p+|stopall|unsubscribe|unsub|parar|paren|pare)\b")
SHORT: Final = 4  # words
