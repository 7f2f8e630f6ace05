"""What is done once a day, whatever happens."""
