"""Events out by Standard Webhooks: `endpoints` administers them, `carrier` delivers events from the outbox, `post`
sends one request, `guard` decides which addresses are permitted."""
