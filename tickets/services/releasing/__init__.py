"""Which version of a flow handles tickets: stages, releases, floors, shadow releases, trials of two versions."""
