"""The journeys are told on the whole site, running on real servers."""

from tests.running import site

__all__ = ["site"]
