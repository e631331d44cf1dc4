"""The audit page: what is looked for, how it is found, and how events are told."""
