"""Servers of others that tests and benchmarks start for themselves, from Debian packages."""
