"""`python -m alerts.cli`: the same as the console script."""

from alerts.cli.main import main

main()
