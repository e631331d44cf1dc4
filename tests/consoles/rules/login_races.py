"""Many guesses at once are counted as many guesses in a row.

Needs a database that threads share as processes do: run by tests/tickets/test_real_databases.py.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consoles.web import logins
from tests.consoles import story
from tests.tickets.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
GUESSES = 16


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_of_many_guesses_at_once_no_more_passwords_are_looked_at_than_in_a_row(path: str) -> None:
    User.objects.create_user("alice", password=story.PASSWORD, is_staff=True)

    def guess(number: int) -> int:
        return Client().post(path, {"username": "alice", "password": f"guess-{number}"}).status_code

    answers = Counter(at_once(*(lambda n=n: guess(n) for n in range(GUESSES))))
    assert answers[429] == GUESSES - logins.TRIES, answers
    assert Client().post(path, {"username": "alice", "password": story.PASSWORD}).status_code == 429
