"""The command line. Exit codes: 0 done, 1 done but something needs a person, 2 asked wrongly, 3 not ready to run."""

from alerts.cli.main import main

__all__ = ["main"]
