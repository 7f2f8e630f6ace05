"""What is kept of the sources: editions, feeds, names and lags."""
