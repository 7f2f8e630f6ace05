"""Fetching, against a laboratory on a real socket."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from detectors.feeds.http import (
    FeedClient,
    Fetched,
    FetchFailed,
    FetchLimits,
    FetchRefused,
    NotFetched,
    Unchanged,
    fetch,
    max_age,
    retry_after,
)
from detectors.feeds.transport import public
from tests.peers import lab_peer
from tests.peers.lab_peer import Laboratory

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
AGENT = "Supplywatch/0.1 (tests; contact@example.org)"
SHORT = FetchLimits(connect=1, read=0.4, total=0.8, body=40_000_000)
CSV = b"sampleid,substance\n1,fentanyl\n"


@pytest.fixture(scope="module")
def client() -> Iterator[FeedClient]:
    with FeedClient() as client:
        yield client


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with Laboratory() as lab:
        lab.publish(CSV, "/r.csv")
        yield lab


def get(lab: Laboratory, client: FeedClient, path: str = "/r.csv", **more: object) -> Fetched | Unchanged:
    more.setdefault("limits", SHORT)
    more.setdefault("allow_private", True)
    return fetch(lab.url(path), client=client, now=NOW, user_agent=AGENT, **more)  # type: ignore[arg-type]


def test_document_then_unchanged_then_changed(lab: Laboratory, client: FeedClient) -> None:
    first = get(lab, client)
    assert isinstance(first, Fetched)
    assert (first.status, first.body, first.content_type, first.charset) == (200, CSV, "text/csv", "utf-8")
    assert lab.asked[0].headers["User-Agent"] == AGENT
    again = get(lab, client, etag=first.etag, last_modified=first.last_modified)
    assert isinstance(again, Unchanged)
    lab.publish(CSV + b"2,xylazine\n", "/r.csv")
    changed = get(lab, client, etag=first.etag)
    assert isinstance(changed, Fetched)
    assert changed.sha256 != first.sha256
    assert [asked.status for asked in lab.asked] == [200, 304, 200]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (lab_peer.broken_off(), "broke off"),
        (lab_peer.huge(), "larger than 40 MB"),
        (lab_peer.gzip_bomb(), "larger than 40 MB"),
        (lab_peer.slow_drip(), "stopped sending"),
        (lab_peer.slow_drip(in_headers=True), "did not answer in time"),
        (lab_peer.stall(), "did not answer in time"),
        (lab_peer.stall(after_headers=True), "stopped sending"),
        (lab_peer.busy(500, ""), "HTTP 500"),
    ],
)
def test_a_bad_answer_fails_soon_and_in_plain_words(
    lab: Laboratory, client: FeedClient, how: lab_peer.Misbehaviour, says: str
) -> None:
    lab.misbehave("/r.csv", how)
    limits = FetchLimits(connect=1, read=0.4, total=4) if "larger" in says else SHORT
    started = time.monotonic()
    with pytest.raises(FetchFailed, match=says) as failure:
        get(lab, client, limits=limits)
    assert time.monotonic() - started < limits.total + 1
    assert failure.value.elapsed > 0
    lab.behave()
    assert isinstance(get(lab, client), Fetched)


def test_busy_says_how_long_to_wait(lab: Laboratory, client: FeedClient) -> None:
    lab.misbehave("/r.csv", lab_peer.busy(429, "120"))
    with pytest.raises(FetchFailed) as failure:
        get(lab, client)
    assert (failure.value.status, failure.value.retry_after) == (429, 120.0)
    lab.misbehave("/r.csv", lab_peer.busy(503, "Wed, 01 May 2024 12:05:00 GMT"))
    with pytest.raises(FetchFailed) as failure:
        get(lab, client)
    assert failure.value.retry_after == 300.0


def test_a_refused_user_agent_is_a_refusal(lab: Laboratory, client: FeedClient) -> None:
    lab.misbehave("/r.csv", lab_peer.refuses("supplywatch"))
    with pytest.raises(FetchRefused, match="HTTP 403"):
        get(lab, client)


def test_redirects_are_followed_and_counted(lab: Laboratory, client: FeedClient) -> None:
    lab.misbehave("/old.csv", lab_peer.redirect("/r.csv"))
    found = get(lab, client, "/old.csv")
    assert isinstance(found, Fetched)
    assert found.final_url == lab.url("/r.csv")
    lab.misbehave("/r.csv", lab_peer.redirect())
    with pytest.raises(FetchRefused, match="more than 5 times"):
        get(lab, client)
    assert len(lab.asked) == 2 + 6


def test_a_token_does_not_follow_a_redirect_to_another_origin(lab: Laboratory, client: FeedClient) -> None:
    with Laboratory() as other:
        other.publish(CSV, "/r.csv")
        lab.misbehave("/r.csv", lab_peer.redirect(other.url("/r.csv")))
        get(lab, client, headers={"X-App-Token": "s3cret"})
        assert lab.asked[0].headers["X-App-Token"] == "s3cret"
        assert "X-App-Token" not in other.asked[0].headers


def test_private_addresses_are_refused_before_and_along_redirects(lab: Laboratory, client: FeedClient) -> None:
    with pytest.raises(FetchRefused, match="not an address of the public internet"):
        get(lab, client, allow_private=False)
    assert lab.asked == []
    for url in ("http://[::1]/", "http://localhost/", "http://169.254.169.254/latest/", "http://0.0.0.0/"):
        with pytest.raises(FetchRefused, match="not an address of the public internet"):
            fetch(url, client=client, now=NOW, user_agent=AGENT, limits=SHORT)
    lab.misbehave("/r.csv", lab_peer.redirect("file:///etc/passwd"))
    with pytest.raises(FetchRefused, match="not a web address"):
        get(lab, client)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.1.1", False),
        ("192.168.0.9", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
    ],
)
def test_public(address: str, is_public: bool) -> None:
    assert public(address) is is_public


def test_credentials_never_show(lab: Laboratory, client: FeedClient) -> None:
    url = lab.url("/r.csv?$$app_token=hush&$limit=5").replace("http://", "http://user:pa55@")
    lab.misbehave("/r.csv", lab_peer.busy(500, ""), times=1)
    with pytest.raises(NotFetched) as failure:
        fetch(url, client=client, now=NOW, user_agent=AGENT, limits=SHORT, allow_private=True)
    assert not any(word in str(failure.value) for word in ("pa55", "user:", "hush"))
    assert lab.asked[0].headers["Authorization"].startswith("Basic ")
    found = fetch(url, client=client, now=NOW, user_agent=AGENT, limits=SHORT, allow_private=True)
    assert not any(word in found.final_url for word in ("pa55", "hush"))
    assert "limit=5" in found.final_url


def test_no_such_place(client: FeedClient) -> None:
    with pytest.raises(FetchFailed, match="could not be reached"):
        fetch("http://127.0.0.1:9/", client=client, now=NOW, user_agent=AGENT, limits=SHORT, allow_private=True)
    for url in ("", "ftp://example.org/x", "https://", "http://[bad", "http://x" * 40_000):
        with pytest.raises(NotFetched):
            fetch(url, client=client, now=NOW, user_agent=AGENT, limits=SHORT)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("", None), ("7", 7), ("-3", None), ("soon", None), ("Wed, 01 May 2024 11:00:00 GMT", 0), ("99999999999", 604800)],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"), [("", None), ("public, max-age=60", 60), ("no-store", 0), ("max-age=x", None)]
)
def test_max_age(value: str, seconds: float | None) -> None:
    assert max_age(value) == seconds


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "cert.pem", folder / "key.pem"


def test_encrypted_and_only_with_a_certificate_that_we_trust(tmp_path: Path) -> None:
    """The check at the socket must leave the name for the certificate as it was, though it connects to an address."""
    cert, key = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with Laboratory(tls=context) as lab:
        lab.publish(CSV, "/r.csv")
        url = f"https://localhost:{lab.port}/r.csv"
        with FeedClient(verify=ssl.create_default_context(cafile=str(cert))) as trusting:
            found = fetch(url, client=trusting, now=NOW, user_agent=AGENT, limits=SHORT, allow_private=True)
            assert isinstance(found, Fetched)
            assert found.body == CSV
            with pytest.raises(FetchRefused, match="public internet"):
                fetch(url.replace("localhost", "127.0.0.1"), client=trusting, now=NOW, user_agent=AGENT, limits=SHORT)
            lab.misbehave("/r.csv", lab_peer.redirect(url.replace("https", "http")))
            with pytest.raises(FetchRefused, match="unencrypted"):
                fetch(url, client=trusting, now=NOW, user_agent=AGENT, limits=SHORT, allow_private=True)
        with FeedClient() as strict, pytest.raises(FetchFailed, match=r"(?i)certificate"):
            fetch(url, client=strict, now=NOW, user_agent=AGENT, limits=SHORT, allow_private=True)
