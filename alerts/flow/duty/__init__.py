"""What staff must hear of at once, and who of them is asked."""
