"""The outbox: events are delivered at least once, per destination in the order of each ticket, and survive a killed
process.

`note` records an event with its change; `spread` creates its deliveries; `drain` sends those of one lane (destination);
a carrier (see `carriers`) names the destinations and delivers one event. `manage` holds the administrators' actions.
"""
