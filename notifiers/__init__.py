"""From a message to a person: message → receipt.

Carriers know nothing of drugs or places. Nothing here keeps state, reads a clock or touches the database.
"""
