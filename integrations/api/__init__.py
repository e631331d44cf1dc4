"""The REST API, version 1: thin operations over the services; `openapi.json` beside it is what others read.

`door` is what every call goes through (token, rate, permission, idempotency), `problems` how it says no,
`cursors` how it pages, `schemas` what goes in and out, `operations/` what can be asked.
"""
