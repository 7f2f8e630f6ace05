"""What a signal becomes, who hears of it, and the record of it. Here, and only here, statistics and people meet."""

__version__ = "0.1.0"
