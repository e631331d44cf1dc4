"""Interfaces to other systems: the API, webhooks, connectors. Uses services, flows, metrics and models; never the
runner."""
