"""What can be explored: implementations of `schedule.target.Target`.

session   scripts: generators of SQL over libpq connections
scripts   ScriptedTarget: scripts as a target
"""
