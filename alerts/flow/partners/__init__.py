"""People come, prove that an address is theirs, change their mind, and go."""
