"""The only functions that change the state of the domain: one transaction holds the change, its audit event, its
outgoing event, and the live event for open consoles.

The order in which rows are locked, in every transaction of the product:

1. `Run` (`runs.lifecycle.locked`, or the conditional update in `move` and `end`);
2. `Phone` (its lease), then `Ticket`;
3. what belongs to the run: `Confirmation`, `Question`, `Takeover`, `Step`, `Recording`;
4. `AuditHead`, with every `audit.record`.

Holding the head of the audit chain blocks every other writer: after it no row of 1 and 2 is locked that was not locked
before. No file is read, written or hashed, and no picture drawn, between the first lock and the commit.
"""
