"""The runner: joins runs in the database to phones, models and recordings, inside Celery workers.

`drive/session.py` is the one module that joins the engine to database rows; the rest serves it.
"""
