"""What people write out behind a word: an address, a name, a free text."""

from tickets.flows.slots.writing.addresses import addresses, is_address, unannounced
from tickets.flows.slots.writing.freely import behind, is_name, lines_behind, names

__all__ = ["addresses", "behind", "is_address", "is_name", "lines_behind", "names", "unannounced"]
