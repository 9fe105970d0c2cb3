"""What the service keeps: accounts, calls, reports, reviews in a database; recordings in a folder.

`database.py` opens it, `tables/` says what is in it, `migrations/` how it became so; every other module here reads and
writes one subject, with functions that take an open session.
"""
