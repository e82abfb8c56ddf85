"""Processes that explore races side by side, each with a database and applications of its own.

worker   one of them
pool     all of them, and who explores what
"""
