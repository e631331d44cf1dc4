"""Asks the customer for missing values: `draft` writes the question, `asking` sends it after a person's yes or by
policy, `answers` reads the answer, `ending` stops the waiting."""
