"""What people write to us, and what comes of it."""
