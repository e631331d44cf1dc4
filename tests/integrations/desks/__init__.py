"""Helpdesks of the tests, one module a kind: servers on 127.0.0.1 that hold tickets, sign calls and answer in the forms
of the real ones, with the faults real ones have."""
