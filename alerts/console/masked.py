"""Addresses as they are shown until somebody asks for them."""

from __future__ import annotations


def masked(address: str) -> str:
    """ "•••• 0142" for a phone, "m…@example.org" for an inbox: enough to tell two apart, too little to write to."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…@{host}" if at else f"•••• {address[-4:]}"
