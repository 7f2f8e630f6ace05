"""What concerns this process itself, not the supply: its memory, and where a test may kill it."""
