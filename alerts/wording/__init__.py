"""Every word that a person reads is made here: contents and templates in, exact texts out.

No SQL, no clock, no network.
"""
