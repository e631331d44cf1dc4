"""Events out by Standard Webhooks: `endpoints` is the door for administrators, `carrier` hands events over from the
outbox, `post` sends one request to an address that may be reached, `guard` says which may."""
