"""The past lived again: replay, backtest, and what was put into a past that did not happen."""
