"""From a feed's address to stored evidence: fetched, kept as it came, read, named, placed."""
