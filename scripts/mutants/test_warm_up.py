"""Makes the test database before the first fork, so that every fork has it."""

import pytest


@pytest.mark.django_db
def test_the_database_is_made_once(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        pass
