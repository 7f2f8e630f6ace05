"""Nouns and tables of legal moves. Nothing here does anything."""
