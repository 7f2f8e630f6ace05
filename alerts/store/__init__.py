"""Memory: the only place that knows SQL. Functions here take a connection and give nouns; what to do is decided
above."""
