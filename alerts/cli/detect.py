"""`supplywatch detect`: let the detectors look at what is known, and say what each decision was."""

from __future__ import annotations

from alerts.cli.opening import ConfigOption, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.watch import watch
from alerts.model.reason import SENTENCES
from alerts.store import work


def detect(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Look at the evidence now, decide, and say every decision with its reason.

    Messages that this makes wait in the outbox for `supplywatch serve`.
    """
    with opened(config) as app:
        with app.store.write() as connection:
            work.ask_for(connection, work.WATCH, now())
        seen = watch(app, now())
        if seen is None:
            say([], as_json=as_json, words="Another process is looking at this moment.")
            return
        rows = [
            {
                "substance": i.substance, "region": i.region, "reason": str(i.reason), "threshold": i.threshold.name,
                "level": str(i.level), "places": [p.place for p in i.places],
            }
            for i in seen.intents
        ]  # fmt: skip
        lines = [
            f"{app.lexicon.substances[i.substance].display('en')}, {app.gazetteer.name(i.region)}: {i.reason}. "
            f"{SENTENCES[i.reason]}"
            for i in seen.intents
        ]
        say(
            rows, as_json=as_json, words="\n".join(lines) or "Nothing reaches a threshold. That is not proof of safety."
        )
