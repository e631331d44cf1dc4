"""The audit trail as files: the compliance CSV with its signed manifest, and one for each day that is over."""
