"""What a site's robots.txt asks of programs (RFC 9309)."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser


def robots_address(url: str) -> str:
    """Where the rules for an address stand."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def may_read(rules: bytes, url: str, user_agent: str) -> bool:
    """Whether the rules let this program read the address. Never fails: what is no rule is passed over."""
    parser = RobotFileParser()
    parser.parse(rules[:500_000].decode("utf-8", "replace").splitlines())
    return parser.can_fetch(user_agent.split("/")[0].split(" ")[0], url)
