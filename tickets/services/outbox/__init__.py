"""The outbox: events leave at least once, for each place in the order of their ticket, and are never lost by a kill.

`note` writes an event down with its change; `spread` makes its deliveries; `drain` sends those of one lane; a carrier
(see `carriers`) says where events go and hands one over. `manage` is what people may do.
"""
