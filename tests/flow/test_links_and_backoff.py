"""Links that cannot be forged, ids that do not change, and waits that spread out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.flow.addressing.links import delivery_id, unsubscribe_target, unsubscribe_token
from alerts.flow.delivery.backoff import backoff
from notifiers.delivery_id import checked

KEY, OTHER = b"k" * 32, b"o" * 32
CHANNELS = st.sampled_from(["sms", "email"])


@given(contact=st.integers(1, 10**12), channel=CHANNELS)
def test_our_own_link_is_known_and_no_other_installation_made_it(contact: int, channel: str) -> None:
    token = unsubscribe_token(KEY, contact, channel)
    assert unsubscribe_target(KEY, token) == (contact, channel)
    assert unsubscribe_target(OTHER, token) is None


@given(contact=st.integers(1, 999), channel=CHANNELS, at=st.integers(0, 200), new=st.characters())
def test_a_link_with_one_character_changed_is_nobodys(contact: int, channel: str, at: int, new: str) -> None:
    token = unsubscribe_token(KEY, contact, channel)
    at %= len(token)
    if token[at] != new and not 0xD800 <= ord(new) <= 0xDFFF:
        assert unsubscribe_target(KEY, token[:at] + new + token[at + 1 :]) is None


@given(token=st.text())
def test_any_other_text_is_nobodys(token: str) -> None:
    assert unsubscribe_target(KEY, token) is None


@pytest.mark.parametrize("token", ["", "-", "1", "1-", "1--", "-email-00", "²-email-00", "9" * 5000 + "-email-00"])
def test_odd_texts_are_nobodys(token: str) -> None:
    assert unsubscribe_target(KEY, token) is None


@given(a=st.tuples(*[st.integers(1, 10**6)] * 3, CHANNELS), b=st.tuples(*[st.integers(1, 10**6)] * 3, CHANNELS))
def test_a_deliverys_id_is_the_same_each_time_and_its_own(
    a: tuple[int, int, int, str], b: tuple[int, int, int, str]
) -> None:
    assert delivery_id(KEY, *a) == delivery_id(KEY, *a)
    assert (delivery_id(KEY, *a) == delivery_id(KEY, *b)) == (a == b)
    assert delivery_id(KEY, *a) != delivery_id(OTHER, *a)
    assert checked(delivery_id(KEY, *a)), "a form that every carrier can carry"


@given(delivery=st.text(min_size=1), attempt=st.integers(1, 10**6), first=st.floats(0.1, 100), most=st.floats(0.1, 1e5))
def test_waits_grow_up_to_a_limit(delivery: str, attempt: int, first: float, most: float) -> None:
    wait = backoff(delivery, attempt, first, most)
    assert timedelta(0) <= wait <= timedelta(seconds=min(most, first * 2 ** min(attempt - 1, 40))) * 1.000001
    assert wait == backoff(delivery, attempt, first, most), "a replay waits alike"


def test_a_thousand_that_failed_together_come_back_spread_out() -> None:
    waits = [backoff(f"delivery {i}", 5, 15, 1800).total_seconds() for i in range(1000)]
    tenths = [sum(1 for w in waits if 24 * k <= w < 24 * (k + 1)) for k in range(10)]
    assert min(tenths) > 60, "full jitter is even over the whole span of 15·2⁴ s"
