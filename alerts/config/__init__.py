"""The operator's config.toml, read into frozen models; every mistake reported at once, in the operator's words."""

from alerts.config.load import ConfigurationError, load, parse
from alerts.config.sections import Configuration

__all__ = ["Configuration", "ConfigurationError", "load", "parse"]
