"""The runner: joins runs in the database to phones, models and recordings, inside Celery workers.

`drive/session.py` is the only module that connects the engine with database rows.
"""
