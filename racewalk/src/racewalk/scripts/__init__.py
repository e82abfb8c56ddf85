"""Scripted sessions as a target: what the explorer is held against.

session      scripts: generators of SQL over a libpq connection
target       ScriptedTarget: scripts as a `Target`, with an account of their own
withdrawals  the ones whose counts are known
"""
