"""How the world plugs in: the API, webhooks, connectors. Uses services, flows, metrics and models; never the runner."""
