"""What staff do with alerts: approve, refuse, end, exercise, ask for silence."""
