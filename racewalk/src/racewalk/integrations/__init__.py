"""How callables of a framework reach the database; each is imported where it is used.

django      django.test.Client and the ORM: the connections of a thread
sqlalchemy  engines, plain and asyncio
session     what the fixture does, and what scenarios share
calls       a race of callables, from the trial to the certificate
"""
