"""A text that is longer than its column is noticed although the tests' database would keep it."""

from __future__ import annotations

import pytest
from django.db import DataError

from tests.tickets import column_lengths
from tickets.models import Department, SavedView

pytestmark = pytest.mark.django_db
LONG = "长" * 5000


def test_a_text_longer_than_its_column_fails_where_it_is_written() -> None:
    department = Department.objects.create(name="售后")
    with column_lengths.kept():
        Department.objects.filter(pk=department.pk).update(name="售后一部")
        with pytest.raises(DataError, match=r"tickets_department\.name"):
            Department.objects.create(name=LONG)
        with pytest.raises(DataError, match=r"tickets_department\.name"):
            Department.objects.filter(pk=department.pk).update(name=LONG)
        with pytest.raises(DataError, match="tickets_savedview"):
            SavedView.objects.bulk_create([SavedView(name="a", query=""), SavedView(name=LONG, query="")])
