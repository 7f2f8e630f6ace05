"""Ask a source for its document, politely and safely.

Politeness: conditional GET (RFC 9110 §13), Retry-After and max-age handed to the caller, an honest User-Agent.
Safety: each hop's address is checked where the socket is opened (see transport), the body is capped while it is being
unpacked, and nothing that is raised here carries credentials, since it ends in logs and on the health page.
"""

from __future__ import annotations

import hashlib
import re
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from detectors.feeds.fetched import Fetched, FetchFailed, FetchLimits, FetchRefused, NotFetched, Unchanged
from detectors.feeds.transport import RULES, AddressRefused, FeedClient, Rules

__all__ = ["FeedClient", "FetchFailed", "FetchLimits", "FetchRefused", "Fetched", "NotFetched", "Unchanged", "fetch"]

REFUSALS: Mapping[int, str] = {
    401: "Give the feed valid credentials.",
    403: "The source may refuse our User-Agent or address; ask its operator, and check the feed's terms of use.",
    406: "The source refuses the formats we accept; check the address of the feed.",
    407: "A proxy asks for credentials.",
    410: "The source says the document is gone for good; find its new address.",
    451: "The source may not show this for legal reasons.",
}
SECRET = re.compile("token|key|secret|pass|pwd|sig|auth|code|cred|session|jwt|bearer", re.IGNORECASE)
ACCEPT = "text/csv, application/json, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"


def fetch(
    url: str,
    *,
    client: FeedClient,
    now: datetime,
    user_agent: str,
    etag: str = "",
    last_modified: str = "",
    limits: FetchLimits = FetchLimits(),  # noqa: B008 -- frozen
    allow_private: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Fetched | Unchanged:
    """The document at `url`, or Unchanged when the source says that `etag`/`last_modified` still hold.

    now: used only to read a Retry-After that is a date. headers: further request headers such as an application token;
    sent to the URL's own origin only, never along a redirect to another one.
    Raises FetchRefused or FetchFailed, always within `limits.total` seconds plus the time of one name look-up.
    """
    started = time.monotonic()
    token = RULES.set(Rules(deadline=started + limits.total, allow_private=allow_private))
    try:
        return _follow(url, client, now, user_agent, etag, last_modified, limits, headers or {}, started)
    except NotFetched as error:
        error.elapsed = time.monotonic() - started
        raise
    finally:
        RULES.reset(token)


def _follow(
    url: str,
    client: FeedClient,
    now: datetime,
    user_agent: str,
    etag: str,
    last_modified: str,
    limits: FetchLimits,
    headers: Mapping[str, str],
    started: float,
) -> Fetched | Unchanged:
    first = here = _address(url)
    for _ in range(limits.redirects + 1):
        ask = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip"}
        if _origin(here) == _origin(first):
            ask |= headers
        if etag:
            ask["If-None-Match"] = etag
        if last_modified:
            ask["If-Modified-Since"] = last_modified
        request = client.build_request(
            "GET",
            here,
            headers=ask,
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
        )
        response = _sent(client, request, limits)
        try:
            if response.status_code in (301, 302, 303, 307, 308):
                here = _next(here, response)
                continue
            return _answer(response, now, limits, started, here)
        finally:
            response.close()
    raise FetchRefused(
        f"{_shown(first)} redirected more than {limits.redirects} times",
        "The address leads in a circle or to a sign-in page; find the feed's direct address.",
    )


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchRefused("The feed's address is not a URL", "Give one that begins with https://.") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise FetchRefused(
            f"{_shown(address)} is not a web address", "Give one that begins with https://, or use a drop folder."
        )
    return address


def _next(here: httpx.URL, response: httpx.Response) -> httpx.URL:
    try:
        there = here.join(response.headers.get("location", ""))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchFailed(
            f"{_shown(here)} redirects to something that is no address", "Ask the source.", status=response.status_code
        ) from error
    if here.scheme == "https" and there.scheme == "http":
        raise FetchRefused(
            f"{_shown(here)} redirects to an unencrypted address", "Find the feed's https address.",
            status=response.status_code,
        )  # fmt: skip
    return _address(str(there))


def _sent(client: FeedClient, request: httpx.Request, limits: FetchLimits) -> httpx.Response:
    where = _shown(request.url)
    try:
        return client.send(request, stream=True)
    except AddressRefused as error:
        raise FetchRefused(
            f"The address of {where} was not asked: {error}",
            "If the source is inside your own network, set allow_private = true for this feed.",
        ) from error
    except httpx.TimeoutException as error:
        raise FetchFailed(
            f"{where} did not answer in time", f"It has {limits.total:g} seconds; the next poll tries again."
        ) from error
    except httpx.InvalidURL as error:  # the client looks at where a redirect leads, though it does not go there
        raise FetchFailed(f"{where} redirects to something that is no address", "Ask the source.") from error
    except (httpx.HTTPError, ValueError) as error:
        raise FetchFailed(f"{where} could not be reached ({_why(error)})", "The next poll tries again.") from error


def _answer(
    response: httpx.Response, now: datetime, limits: FetchLimits, started: float, here: httpx.URL
) -> Fetched | Unchanged:
    status = response.status_code
    wait = retry_after(response.headers.get("retry-after", ""), now)
    age = max_age(response.headers.get("cache-control", ""))
    tags = {
        "etag": response.headers.get("etag", ""),
        "last_modified": response.headers.get("last-modified", ""),
    }
    if status == 304:
        return Unchanged(304, _shown(here), **tags, elapsed=time.monotonic() - started, max_age=age, retry_after=wait)
    if status in REFUSALS:
        raise FetchRefused(
            f"{_shown(here)} refused us (HTTP {status})", REFUSALS[status], status=status, retry_after=wait
        )
    if not 200 <= status < 300:
        mend = "We wait as long as it asks." if wait is not None else "The next poll tries again."
        if status == 404:
            mend = "The source has moved or renamed the document; find its new address."
        raise FetchFailed(f"{_shown(here)} answered HTTP {status}", mend, status=status, retry_after=wait)
    body = _body(response, limits, here)
    kind = response.headers.get("content-type", "")
    return Fetched(
        status=status,
        final_url=_shown(here, query=True),
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        **tags,
        content_type=kind.partition(";")[0].strip().lower(),
        charset=response.charset_encoding or "",
        elapsed=time.monotonic() - started,
        max_age=age,
        retry_after=wait,
    )


def _body(response: httpx.Response, limits: FetchLimits, here: httpx.URL) -> bytes:
    """The body, unpacked in steps no larger than what is left of the cap: 40 kB of gzip can hold 40 MB of nothing."""
    where = _shown(here)
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    unpack = None
    if packing in ("gzip", "x-gzip"):
        unpack = zlib.decompressobj(wbits=31)
    elif packing not in ("identity", ""):
        raise FetchFailed(
            f"{where} is packed in a way we did not ask for", "Ask the source to send it plain or as gzip."
        )
    parts: list[bytes] = []
    size = 0
    try:
        for piece in response.iter_raw(65536):
            plain = unpack.decompress(piece, limits.body - size + 1) if unpack else piece
            size += len(plain)
            if size > limits.body:
                raise FetchFailed(
                    f"{where} is larger than {limits.body // 1_000_000} MB",
                    "Ask the source for a smaller extract, or drop the file in a folder.",
                    status=response.status_code,
                )
            parts.append(plain)
    except zlib.error as error:
        raise FetchFailed(f"{where} could not be unpacked ({error})", "The next poll tries again.") from error
    except httpx.TimeoutException as error:
        raise FetchFailed(
            f"{where} stopped sending before the end", f"It has {limits.total:g} seconds; the next poll tries again."
        ) from error
    except httpx.HTTPError as error:
        raise FetchFailed(f"{where} broke off before the end ({_why(error)})", "The next poll tries again.") from error
    if unpack and (not unpack.eof or unpack.unused_data):
        raise FetchFailed(f"{where} did not end where its packed body ends", "The next poll tries again.")
    return b"".join(parts)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (a count of seconds or an HTTP date); None if absent or senseless."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), 7 * 86400))
    try:
        then = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return min(max((then - now).total_seconds(), 0.0), 7 * 86400.0)


def max_age(value: str) -> float | None:
    """Seconds that a Cache-Control header says the document stays fresh; None if it does not say, 0 for no-store."""
    for part in value.lower().split(","):
        name, _, seconds = part.strip().partition("=")
        if name in ("no-store", "no-cache"):
            return 0.0
        seconds = seconds.strip('" ')
        if name == "max-age" and seconds.isascii() and seconds.isdigit():
            return float(min(int(seconds[:9]), 7 * 86400))
    return None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _shown(url: httpx.URL, query: bool = False) -> str:
    """The address as it may stand in a log: no user, no password; of the query, if asked, nothing secret-looking."""
    bare = url.copy_with(username=None, password=None, fragment=None, query=None)
    harmless = [(name, value) for name, value in url.params.multi_items() if not SECRET.search(name)]
    return str(bare.copy_with(params=harmless) if query and harmless else bare)


def _why(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
