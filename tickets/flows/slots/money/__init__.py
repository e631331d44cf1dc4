"""Which amounts of a ticket's text are wished, and under which of a flow's words; and 全额, 半额.

Rule: an amount is wished under the word it belongs to, and only where everything around it is understood. The stages:
1. `claims`: each amount goes to a word of its clause, and `wording` and `stance` say what speaks against it;
2. `shares`: 全额 and 半额, judged in the same way;
3. `strays`: what else the text says of money. An amount behind a wish that nothing accounts for leaves it open, and so
   does a wish without an amount.
"""

from tickets.flows.slots.money.shares import FULL, HALF, shares
from tickets.flows.slots.money.strays import unclaimed, unnamed
from tickets.flows.slots.money.typed import read_one
from tickets.flows.slots.money.wishes import wished

__all__ = ["FULL", "HALF", "read_one", "shares", "unclaimed", "unnamed", "wished"]
