"""The administrator's pages of the integrations: tokens, webhooks, the outbox, and the API's description."""
