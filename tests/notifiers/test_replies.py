"""What people write back, and what it means. Every line here is a person who is, or is not, texted again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.replies import Reply, understand
from notifiers.reply_words import WHOLE, Kind

STOP_EN = """
STOP | stop | Stop. | STOP!!! | stoppp | "Stop" | Stop please | please stop | Stop all | STOPALL | ok stop
s t o p | stop texting me | please stop texting me | Can you stop sending these? | pls quit messaging me
STOP SENDING ME THIS | Stop, I get these at work | will you stop? | just stop already | Stop it
stop now thanks | stop the texts | Stop 🛑 | end | END | quit | Quit please | revoke | I revoke my consent
opt out | OptOut | opt-out | I'd like to opt out | opting out | cancel | cancel my subscription
cancel these alerts please | unsubscribe | UNSUB | unsuscribe | Unsubscribe me from everything | remove me
remove me from this list | Take me off your list | take my number off | delete my number | lose my number
don't text me | Don’t text me anymore | do not contact me again | never message me again | dont send me any more
I don't want these texts | i no longer wish to receive these alerts | I do not want to get any more messages
no more texts | no more | no thanks | leave me alone | wrong number | Wrong person!! | not interested
I want to quit | enough of these alerts | REPORT please stop texting me
why are you texting me? stop sending these | HELP stop messaging me | yes but stop texting me
stop using my number | Please discontinue this service | sotp | I want out | don't want to hear from you
End these messages | I asked you to stop | Stop I said | yall need to stop texting this phone
take me off the list plz | plz remove this number from ur list | no more messages | unsubscribe from alerts
I didn't sign up for this, stop | stop spamming me | STOP ALREADY! | Quit texting me | I'd like to cancel
end subscription | Please cease all communication | do not send texts to this phone | opt me out please
this is not my number anymore | I no longer work there please remove
I don't work there anymore, please take me off | Stop ya | no more of this please
kindly remove us from the texting list | STOP!! how many times do I have to say it
I revoke permission to text me | we are closing the clinic, stop alerts please | these texts need to stop
can you please not text me at night | You have the wrong person, this isn't Maria | get me off this list
unsubscribe me plz thank u | stop msgs | stop al mensajes | turn these off | don't contact me at this number
I'm not interested, thanks | quit it with the alerts | stop stop stop | stop por favor | I need off this list
please stop, I am retired | Stop these useless texts!! | Do not text this number again.
who gave you my number? stop | stop notifications | no longer interested in these alerts
please unsubscribe our clinic | STOP and delete my data | enough already, stop | wrong phone number | Quit.
cancel all | can i opt out of this? | pls don't send more alerts to me
""".replace("\n", "|")

STOP_ES = """
ALTO | alto por favor | parar | PARAR | Paren | pare | para | BAJA | baja | dar de baja | quiero darme de baja
denme de baja | CANCELAR | cancelen | cancelar suscripción | cancelen los mensajes | no me manden más mensajes
No me manden mensajes | ya no me escriban | no me escriban más | no me envíen nada
ya no quiero recibir alertas | no quiero más mensajes | ya no | dejen de mandarme mensajes | deje de escribirme
paren de mandar textos | ya no más | no más | no mas mensajes | basta | basta de alertas | quítenme de la lista
Sáquenme de esta lista | borren mi número | elimínenme | número equivocado | no me interesa | déjenme en paz
no, paren de mandar mensajes | ya basta | FIN | salir | no gracias | retiro mi consentimiento
No me vuelvan a escribir | Por favor, ya no manden mensajes | Alto a los mensajes | no me molesten
quiero la baja | ya no mande mensajes | no quiero que me escriban | dejen de molestar | cancelar alertas
por favor no me envien mas alertas | no deseo recibir más avisos | denme de baja por favor
ya no trabajo ahi, quitenme | borrenme de su lista | este no es mi número | para de mandarme textos
PARE POR FAVOR | ya paren | no me llega bien, mejor cancelen | que ya no me manden nada | no me mande nada mas
que paren los mensajes | favor de no enviar mas textos | no mandar mas | quiero cancelar mi suscripción
dame de baja | ya estuvo, no quiero más | no autorizo que me manden mensajes | eliminar mi numero de la lista
se equivocaron de número | no deseo seguir recibiendo esto | ALTO YA | ya no quiero que me lleguen
por favor quiten mi numero | no más alertas, gracias | dejen de enviar | suspendan los mensajes
alto, por favor | ya párenle con los mensajes | me quiero salir de la lista | no molestar | cancelar por favor
""".replace("\n", "|")

NOT_STOP = [
    "stop by the van?",
    "Can you stop by with naloxone?",
    "could someone stop at Fruitvale tomorrow",
    "which bus stop is the van at?",
    "Don't stop, these save lives",
    "please don't stop texting me",
    "I don't want to stop getting these",
    "no dejen de mandar avisos",
    "no me quiten de la lista",
    "I want to stop using",
    "how do I quit fentanyl",
    "quiero dejar de usar",
    "does naloxone stop the effect or not",
    "Is there another stop in Fresno this week",
    "when does the weekend end",
    "estoy muy alto de peso para el curso de hoy",
    "para mi tía en Fresno también",
    "que bajas temperaturas hace hoy en Kern",
    "thank you so much",
    "Can the van stop on Monday?",
    "stop in for coffee",
    "have you seen the new pills",
    "what time do you open",
    "gracias por avisar",
    "compartido con el equipo",
    "thx posted at the site",
    "is naloxone enough?",
    "no hay strips aqui",
    "I can't open the link",
    "no puedo abrir el enlace",
    "two more last night",
    "does it end tonight",
    "we don't have this here",
    "need 40 kits",
    "see you at the next stop",
    "who do I call to pick up strips",
    "is it the same as xylazine",
    "cuanto tiempo dura",
    "hay paro en la clinica hoy",
    "the baja fish tacos place has posters now",
    "no hemos visto nada",
    "we saw two cases, both ok",
    "can you text me the flyer",
    "mandenme el volante",
    "end of the month works",
    "para quien es el aviso",
    "nonstop calls here today",
    "please remove the word addict from the flyer",
    "me llamo Ana, trabajo en la clinica",
    "not yet",
    "no",
    "lo voy a parar mañana en la tienda",
    "is the van going to stop here today?",
    "stop by anytime",
    "how many test strips do you have",
    "thanks for the heads up",
    "can I cancel my appointment tomorrow",
    "estamos en la parada de la 5",
    "cuando termina el programa",
    "we ran out of naloxone",
    "ok",
    "ok got it",
    "recibido",
    "alguien puede pasar a dejar naloxona",
    "no entiendo",
    "I don't understand",
    "what does medetomidine do",
    "they quit selling it here",
    "do you want us to remove the old flyers",
    "necesito más avisos para pegar",
    "I need more flyers",
    "no tenemos alertas nuevas?",
    "we don't need more strips, thanks",
    "no tengo mensajes nuevos",
    "we stopped seeing it in March",
    "it didn't stop the bleeding when we tried",
    "gracias",
    "",
    "   ",
    "👍",
]

OTHERS = [
    ("START", Reply(Kind.START, "en")),
    ("unstop please", Reply(Kind.START, "en")),
    ("Opt in", Reply(Kind.START, "en")),
    ("INICIO", Reply(Kind.START, "es")),
    ("alta", Reply(Kind.START, "es")),
    ("Yes!", Reply(Kind.START, "en", "yes")),
    ("Sí", Reply(Kind.START, "es", "yes")),
    ("HELP", Reply(Kind.HELP, "en")),
    ("?", Reply(Kind.HELP, "en")),
    ("Ayuda", Reply(Kind.HELP, "es")),
    ("who is this?", Reply(Kind.HELP, "en")),
    ("¿Quién es?", Reply(Kind.HELP, "es")),
    ("help where is the van", Reply(Kind.HELP, "en", "where is the van")),
    ("help he's not breathing", Reply(Kind.HELP, "en", "emergency")),
    ("my friend wont wake up", Reply(Kind.HELP, "en", "emergency")),
    ("ayuda, no respira", Reply(Kind.HELP, "es", "emergency")),
    ("She stopped breathing", Reply(Kind.HELP, "en", "emergency")),
    ("WHY", Reply(Kind.WHY, "en")),
    ("why did I get this?", Reply(Kind.WHY, "en")),
    ("¿Por qué?", Reply(Kind.WHY, "es")),
    ("por qué recibo esto", Reply(Kind.WHY, "es")),
    ("how did you get my number", Reply(Kind.WHY, "en")),
    ("LANG ES", Reply(Kind.LANG, "es", "es")),
    ("language spanish please", Reply(Kind.LANG, "es", "es")),
    ("IDIOMA INGLÉS", Reply(Kind.LANG, "en", "en")),
    ("en español por favor", Reply(Kind.LANG, "es", "es")),
    ("English please", Reply(Kind.LANG, "en", "en")),
    ("LANG Tagalog", Reply(Kind.LANG, "en", "Tagalog")),
    ("JOIN Alameda", Reply(Kind.JOIN, "en", "Alameda")),
    ("join: 94601", Reply(Kind.JOIN, "en", "94601")),
    ("JOIN", Reply(Kind.JOIN, "en")),
    ("Unirse San Luis Obispo", Reply(Kind.JOIN, "es", "San Luis Obispo")),
    ("REPORT blue powder, Kern, last night, 2 people down", None),
    ("Reporte: polvo azul en Kern; ¿xilacina?", Reply(Kind.REPORT, "es", "polvo azul en Kern; ¿xilacina?")),
    ("REPORT the shaking would not stop", Reply(Kind.REPORT, "en", "the shaking would not stop")),
    ("REPORT - Señor pills", Reply(Kind.REPORT, "en", "Señor pills")),
    ("1", Reply(Kind.FEEDBACK, "en", "1")),
    (" 2. ", Reply(Kind.FEEDBACK, "en", "2")),
    ("3️⃣", Reply(Kind.FEEDBACK, "en", "3")),
    ("#1 - saw it Tuesday", Reply(Kind.FEEDBACK, "en", "1")),
    ("not here", Reply(Kind.FEEDBACK, "en", "2")),
    ("visto aquí", Reply(Kind.FEEDBACK, "es", "1")),
    ("Útil, gracias", Reply(Kind.FEEDBACK, "es", "3")),
    ("2 people went down on 5th", Reply(Kind.UNKNOWN, "en")),
    ("4", Reply(Kind.UNKNOWN, "en")),
]


def lines(block: str) -> list[str]:
    return [line.strip() for line in block.split("|") if line.strip()]


@pytest.mark.parametrize("text", lines(STOP_EN) + lines(STOP_ES))
def test_consent_taken_back(text: str) -> None:
    assert understand(text).kind is Kind.STOP


@pytest.mark.parametrize("text", lines(STOP_ES))
def test_spanish_is_known_as_spanish(text: str) -> None:
    assert understand(text, "en").language == "es" or text.upper() in ("PARAR", "PAREN", "PARE")


@pytest.mark.parametrize("text", NOT_STOP)
def test_something_else_is_meant(text: str) -> None:
    assert understand(text) == Reply(Kind.UNKNOWN, "en")


@pytest.mark.parametrize(("text", "meant"), OTHERS)
def test_commands(text: str, meant: Reply | None) -> None:
    meant = meant or Reply(Kind.REPORT, "en", text.removeprefix("REPORT "))
    assert understand(text) == meant


@pytest.mark.parametrize("word", ["STOP", "Stop please", "2"])
def test_a_word_of_both_languages_leaves_the_person_their_own(word: str) -> None:
    assert understand(word, "es").language == "es"
    assert understand(word, "en").language == "en"


def test_enough_is_tested() -> None:
    assert len(lines(STOP_EN)) + len(lines(STOP_ES)) + len(NOT_STOP) + len(OTHERS) >= 180


@pytest.mark.parametrize("phrase", sorted(WHOLE))
def test_every_phrase_of_the_table_works_shouted_and_polite(phrase: str) -> None:
    kind = WHOLE[phrase][0]
    assert understand(phrase.upper()).kind is kind
    assert understand(f"{phrase.capitalize()}, gracias!").kind is kind


@given(st.text(max_size=300))
def test_any_text_is_understood_as_something(text: str) -> None:
    assert isinstance(understand(text), Reply)


@given(st.text(alphabet="stop dejar no mas quiero que me , ", min_size=1500, max_size=1600))
def test_long_texts_take_no_long_time(text: str) -> None:
    understand(text)


@given(
    st.sampled_from(["STOP", "ALTO", "BAJA", "CANCELAR", "UNSUBSCRIBE"]), st.text(alphabet=" .!?\n\t-*\"'", max_size=8)
)
def test_punctuation_never_saves_us_from_a_stop(word: str, around: str) -> None:
    assert understand(around + word + around).kind is Kind.STOP
