"""What a reply means: as the model's family has read it, else by the action language.

Rule: what cannot be read for certain is a ParseError; nothing here guesses.
"""

from __future__ import annotations

from cs_agent.engine.actions.parse import Parsed, parse_reply
from cs_agent.engine.run.protocols import Reply


def parsed_of(reply: Reply) -> Parsed:
    """Raises ParseError."""
    if reply.unread is not None:
        raise reply.unread
    return reply.parsed or parse_reply(reply.text, coordinates=reply.coordinates, image_size=reply.image_size)
