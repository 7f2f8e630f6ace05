"""How the way to a mail server is kept private."""

from __future__ import annotations

import ssl
from enum import StrEnum

from notifiers.loopback import loopback


class Security(StrEnum):
    STARTTLS = "starttls"  # plain greeting, then TLS, certificate verified (port 587)
    SSL = "ssl"  # TLS from the first byte, certificate verified (port 465)
    NONE = "none"  # no TLS: only to this machine


def tls_context(security: Security, host: str, ca_file: str = "") -> ssl.SSLContext | None:
    """Verifying context, or None for no TLS. ca_file: an own certificate authority's PEM beside the system's.

    ValueError for `none` to another machine: a login and partners' addresses would cross the network in the clear.
    """
    if security is Security.NONE:
        if not loopback(host):
            raise ValueError(f"security 'none' is for a mail server on this machine only, not {host}; use 'starttls'")
        return None
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
