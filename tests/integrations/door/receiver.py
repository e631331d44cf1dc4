"""A receiver of webhooks: what came, in which order, and how it answers; and what must be true of it afterwards."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """A web server on a free port: remembers what came, answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.paths: list[str] = []
        self.lock = threading.Lock()
        self.answers: Callable[[int], tuple[int, dict[str, str], bytes]] = lambda count: (204, {}, b"")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.paths.append(self.path)
                    receiver.got.append(({name.lower(): text for name, text in self.headers.items()}, body))
                    count = len(receiver.got)
                status, headers, answer = receiver.answers(count)
                self.send_response(status)
                for name, text in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, text)
                with suppress(ConnectionError):  # whoever sent it may be gone
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@dataclass
class Hold:
    """One event that the receiver took and does not answer until told to."""

    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


def hold_answer(receiver: Receiver, at: int, limit_s: float = 60.0) -> Hold:
    """The answer to the event with that number (from 1, of all that came) is held back; all others are given."""
    hold = Hold()

    def answers(count: int) -> tuple[int, dict[str, str], bytes]:
        if count == at:
            hold.reached.set()
            hold.go_on.wait(limit_s)
        return 204, {}, b""

    receiver.answers = answers
    return hold


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """Id and ticket of every event that came, in the order of its first coming."""
    seen: dict[str, str] = {}
    for headers, body in list(receiver.got):
        seen.setdefault(headers["webhook-id"], json.loads(body)["data"].get("ticket", ""))
    return list(seen.items())


def out_of_order(receiver: Receiver) -> list[str]:
    """In this process's database: what is missing, and tickets whose events came first in another order than theirs."""
    from tickets.models import Delivery

    rows = Delivery.objects.filter(lane__startswith="webhook:").order_by("event_id").select_related("event", "ticket")
    wanted = [(f"evt_{row.event.uid.hex}", row.ticket.number if row.ticket else "") for row in rows]
    return differing(wanted, told(receiver))


def differing(wanted: list[tuple[str, str]], came: list[tuple[str, str]]) -> list[str]:
    """`wanted` in the order of the events, both as (id, ticket)."""
    missing = sorted({id for id, _ticket in wanted} - {id for id, _ticket in came})
    tickets = sorted({ticket for _id, ticket in wanted})
    moved = [each for each in tickets if [one for one in wanted if one[1] == each] != [o for o in came if o[1] == each]]
    return [f"missing: {id}" for id in missing] + [f"out of order: {ticket}" for ticket in moved]
