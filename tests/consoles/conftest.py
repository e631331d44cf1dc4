"""The fixed cast: Alice and Bob are operators of 售后一部, Victor views, Sara supervises, Fiona edits flows there;
Charlie is an operator of 售后二部. The catalogue of English words is compiled before the first test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.consoles import story
from tickets.models import Confirmation, Department, FlowVersion, Phone, Run, Ticket


@pytest.fixture(autouse=True)
def media_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ANCHOR_DIR = tmp_path / "anchors"


@pytest.fixture
def department(db: None) -> Department:
    return Department.objects.create(name="售后一部")


@pytest.fixture
def other_department(db: None) -> Department:
    return Department.objects.create(name="售后二部")


@pytest.fixture
def alice(department: Department) -> User:
    return story.member("alice", "operator", department, "爱丽丝")


@pytest.fixture
def bob(department: Department) -> User:
    return story.member("bob", "operator", department)


@pytest.fixture
def victor(department: Department) -> User:
    return story.member("victor", "viewer", department)


@pytest.fixture
def sara(department: Department) -> User:
    return story.member("sara", "supervisor", department)


@pytest.fixture
def fiona(department: Department) -> User:
    return story.member("fiona", "flow_editor", department)


@pytest.fixture
def charlie(other_department: Department) -> User:
    return story.member("charlie", "operator", other_department)


@pytest.fixture
def refund_flow(db: None) -> FlowVersion:
    return story.publish("complaint_refund")


@pytest.fixture
def code_flow(db: None) -> FlowVersion:
    return story.publish("resend_code")


@pytest.fixture
def ticket(department: Department) -> Ticket:
    return story.new_ticket(department)


@pytest.fixture
def phone(db: None) -> Phone:
    return story.new_phone()


@pytest.fixture
def run(ticket: Ticket, alice: User, refund_flow: FlowVersion) -> Run:
    """A queued run of the reference ticket."""
    return story.start(ticket, alice)


@pytest.fixture
def confirmation(run: Run, phone: Phone) -> Confirmation:
    return story.ask_confirmation(run, phone)


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    """A browser in which that person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def as_alice(alice: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(alice)


@pytest.fixture
def as_victor(victor: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(victor)


@pytest.fixture
def as_charlie(charlie: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(charlie)
