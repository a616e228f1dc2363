"""The fixtures of visits.py, once for all files."""

from visits import browser, driver, hostile_site, site

__all__ = ["browser", "driver", "hostile_site", "site"]
