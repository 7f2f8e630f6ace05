"""What happens when: APScheduler rings, rows decide. With the console and the command line, the only readers of the
clock."""
