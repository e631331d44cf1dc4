"""Who administers the console of the browser tests, and a department with many people."""

from __future__ import annotations

CROWD = 14


def administer() -> None:
    """`root`, and so many people that nobody reads all their names."""
    from django.contrib.auth.models import User

    from tests.consoles import story
    from tickets.models import Department, Ticket, TicketStatus

    User.objects.create_superuser("root", password=story.PASSWORD)
    crowd = [User(username=f"agent{at:02}", first_name=f"坐席{at:02}") for at in range(CROWD)]
    User.objects.bulk_create(crowd)
    Department.objects.get().members.add(User.objects.get(username="agent00"))
    wordy = Ticket.objects.order_by("number")[:1].values("pk")
    Ticket.objects.filter(pk__in=wordy).update(status=TicketStatus.CLOSED, subject="耳机充不上电,盒子也压坏了" * 12)


def members() -> None:
    """Print who is in the department."""
    from tickets.models import Department

    print(*sorted(person.username for person in Department.objects.get().members.all()))
