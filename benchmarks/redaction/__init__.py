"""Screens with and without personal data, drawn afresh for each seed, to measure what redaction hides."""
