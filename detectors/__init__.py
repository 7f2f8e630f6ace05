"""From what a laboratory says to what it means: document → sample or bulletin → signal.

Everything here is pure: no SQL, no clock, no state, no people. A caller gives bytes and dates, and gets nouns.
"""
