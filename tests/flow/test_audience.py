"""Who hears of an edition: nobody outside the place, the substance, the level and the consent they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.flow.addressing.audience import Audience, LeftOut, audience
from alerts.model.level import RANK, Level
from alerts.model.partner import Address, Contact
from detectors.words.places import Gazetteer
from tests.flow.nouns import ALAMEDA, CONTRA_COSTA, KERN, contact

GAZETTEER = Gazetteer.load()
WANTED = {("*",): frozenset({"xylazine", "carfentanil"}), ("xylazine",): frozenset({"xylazine"})}


def hear(
    *contacts: Contact, places: Sequence[str] = (ALAMEDA,), told: set[tuple[int, str]] | None = None,
    substance: str = "xylazine", level: Level = Level.ADVISORY,
) -> Audience:  # fmt: skip
    return audience(
        substance=substance, places=places, level=level, contacts=contacts, wanted=WANTED, gazetteer=GAZETTEER,
        told=told,
    )  # fmt: skip


def pairs(heard: Audience) -> set[tuple[int, str]]:
    return {(r.contact.id, r.address.channel) for r in heard.recipients}


BOTH = {(1, "sms"), (1, "email")}


@pytest.mark.parametrize(
    ("mine", "places", "hears"),
    [
        ((ALAMEDA,), (ALAMEDA,), True),
        ((KERN,), (ALAMEDA,), False),
        (("06",), (ALAMEDA,), True),  # the state hears of its counties
        (("US",), (ALAMEDA,), True),
        (("42",), (ALAMEDA,), False),
        ((ALAMEDA,), ("06",), True),  # "somewhere in California" may be here
        ((KERN, CONTRA_COSTA), (ALAMEDA, CONTRA_COSTA), True),
        ((), (ALAMEDA,), False),
    ],
)
def test_places(mine: tuple[str, ...], places: tuple[str, ...], hears: bool) -> None:
    heard = hear(contact(places=mine), places=places)
    assert pairs(heard) == (BOTH if hears else set())
    assert hears or heard.left_out == ((1, "", LeftOut.PLACE),)


def test_substances_and_levels() -> None:
    picky = contact(substances=("xylazine",))
    assert pairs(hear(picky)) == BOTH
    assert hear(picky, substance="carfentanil").left_out == ((1, "", LeftOut.SUBSTANCE),)
    urgent = contact(least=Level.ACT_NOW)
    assert hear(urgent).left_out == ((1, "", LeftOut.LEVEL),)
    assert pairs(hear(urgent, level=Level.ACT_NOW)) == BOTH


def test_no_consent_no_message_and_a_dead_address_gets_none() -> None:
    phone, inbox = contact().addresses
    heard = hear(contact(addresses=(replace(phone, consent=False), replace(inbox, disabled="30005"))))
    assert heard.recipients == ()
    assert heard.left_out == ((1, "sms", LeftOut.CONSENT), (1, "email", LeftOut.DISABLED))


def test_an_end_goes_to_exactly_those_who_were_told() -> None:
    """Also to those who meanwhile chose other places: they still carry the warning about."""
    moved = contact(1, places=(KERN,))
    newcomer = contact(2)
    heard = hear(moved, newcomer, told={(1, "sms")})
    assert pairs(heard) == {(1, "sms")}
    assert {why for _, _, why in heard.left_out} == {LeftOut.NEVER_TOLD}


ADDRESSES = st.tuples(
    st.booleans(), st.sampled_from(["", "30005 (2026-01-01)"]), st.booleans(), st.sampled_from(["", "bounced"])
).map(
    lambda t: (Address("sms", "+15105550100", t[0], t[1]), Address("email", "a@one.example", t[2], t[3])),
)  # fmt: skip
PLACES = st.sets(st.sampled_from([ALAMEDA, CONTRA_COSTA, KERN, "06", "42", "42003", "US"]), max_size=3).map(
    lambda s: tuple(sorted(s))
)
CONTACTS = st.lists(
    st.builds(
        contact, addresses=ADDRESSES, places=PLACES, substances=st.sampled_from(list(WANTED)),
        least=st.sampled_from(list(Level)),
    ),
    max_size=5,
).map(lambda cs: [replace(c, id=i) for i, c in enumerate(cs)])  # fmt: skip


def _within(place: str, other: str) -> bool:
    """Written apart from the code: "06001" lies in "06" lies in the nation."""
    return other == "US" or place.startswith(other)


@settings(max_examples=200, deadline=None)
@given(
    contacts=CONTACTS, places=PLACES.filter(bool), substance=st.sampled_from(["xylazine", "carfentanil"]),
    level=st.sampled_from(list(Level)),
    told=st.one_of(st.none(), st.sets(st.tuples(st.integers(0, 5), st.sampled_from(["sms", "email"])))),
)  # fmt: skip
def test_what_holds_for_anybody(
    contacts: list[Contact], places: tuple[str, ...], substance: str, level: Level,
    told: set[tuple[int, str]] | None,
) -> None:  # fmt: skip
    heard = hear(*contacts, places=places, substance=substance, level=level, told=told)
    expected = set()
    for c in contacts:
        near = any(_within(p, mine) or _within(mine, p) for mine in c.places for p in places)
        wants = near and substance in WANTED[c.substances] and RANK[level] <= RANK[c.least]
        for a in c.addresses:
            reachable = a.consent and not a.disabled
            if reachable and ((c.id, a.channel) in told if told is not None else wants):
                expected.add((c.id, a.channel))
    assert pairs(heard) == expected
    assert len(heard.recipients) == len(expected), "nobody twice"
    left = {(number, channel) for number, channel, _ in heard.left_out}
    for c in contacts:
        for a in c.addresses:
            assert ((c.id, a.channel) in expected) != ((c.id, a.channel) in left or (c.id, "") in left), (
                "whoever is not written to stands there with the reason"
            )
