"""Finds personal data in text. The kinds and what each check can tell stand in the modules of this package.

Rule: in doubt hide; a word nearby excuses only the number that it directly names.
"""
