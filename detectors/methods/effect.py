"""How much more often than before, with its interval, for signals whose method does not say it itself."""

from __future__ import annotations

from dataclasses import replace

from detectors.methods.prevalence import window_test
from detectors.signal import Signal

LUMPINESS = 0.02
"""Intra-batch correlation where a method estimates none: samples of one batch are not independent witnesses."""


def with_effect(signal: Signal) -> Signal:
    """The signal with its ratio of prevalences, now by before, and 95 % limits, where its counts give one.

    By (x + ½)/(n + 1), limits by the delta method with the design effect of batches (`window_test`). Left as it is
    where the method gave an effect, or where a count or a denominator is not known; a mention has none.
    """
    x0, n0, n1 = signal.baseline_positives, signal.baseline_tested, signal.tested
    if signal.effect is not None or not n1 or not n0 or x0 is None or not signal.observed:
        return signal
    test = window_test(float(signal.observed), float(n1), float(x0), float(n0), LUMPINESS)
    return replace(signal, effect=(float(test.ratio), float(test.low), float(test.high)))
