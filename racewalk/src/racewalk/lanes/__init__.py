"""Processes that explore races side by side, each with a database and applications of its own.

kept     the schedules of an exploration in a file, for one that goes on where it was ended
ahead    how one is started, and what is imported for it ahead
worker   one of them
pool     all of them, and who explores what
"""
