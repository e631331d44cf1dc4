"""Shared by all packages that answer requests: parsing of input, request context, URLs."""
