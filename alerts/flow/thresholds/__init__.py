"""Staff tune what counts; every edition stays."""
