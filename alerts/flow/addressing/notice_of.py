"""The notice that an alert from elsewhere is about, as its publisher titles it, so that a reader can go there."""

from __future__ import annotations

from alerts.flow.collection.field_report import PREFIX, report_prefix
from alerts.model.alert import AlertVersion
from alerts.store import side_evidence
from alerts.store.engine import Connection
from alerts.wording.content import Reference


def notice_of(connection: Connection, version: AlertVersion) -> Reference | None:
    """The newest notice in an edition's evidence; None for alerts that rest on tests, or when it is not to be found."""
    if not rests_on_notices(version):
        return None
    wanted: dict[str, set[str]] = {}
    for ref in (ref for place in version.places for ref in place.evidence):
        feed, _, key = ref.partition("/")
        wanted.setdefault(feed, set()).add(key.partition("|")[0] + "|")
    found = [
        Reference(b.title, b.link, b.published)
        for feed, prefixes in sorted(wanted.items())
        for b in side_evidence.bulletins_of(connection, feed)
        if report_prefix(b.key) in prefixes and b.title and b.link
    ]
    return max(found, key=lambda r: (r.on is not None, r.on), default=None)


def rests_on_notices(version: AlertVersion) -> bool:
    """True when every piece of evidence is what another agency's notice says: nobody told us, and nobody tested."""
    refs = [ref for place in version.places for ref in place.evidence]
    return bool(refs) and all(ref.partition("/")[2].startswith(PREFIX) for ref in refs)
