"""Connectors to existing helpdesks: tickets come in, results of runs are written back.

`protocol` defines a connector, `kinds` registers them, `http` is the client; each kind has a package here.
"""
