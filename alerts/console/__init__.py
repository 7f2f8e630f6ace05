"""The console: rooms for staff, one room for public safety, and the few pages and addresses that are public."""
