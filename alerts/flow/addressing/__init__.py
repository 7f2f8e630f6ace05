"""Who is told of an edition, in which words, by which channel and when: rows of the outbox."""
