"""What the methods say of the evidence as it was known."""
