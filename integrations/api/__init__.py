"""The REST API, version 1: thin operations over the services; `openapi.json` beside it is what others read.

`door` handles every call (token, rate, permission, idempotency), `problems` builds error responses, `cursors` pages,
`schemas` are the bodies, `operations/` the operations.
"""
