"""What can be explored: implementations of `schedule.target.Target`.

session   scripts: generators of SQL over libpq connections
scripts   ScriptedTarget: scripts as a target
bounds    how much of an answer is read, and for how long
http      one HTTP connection: bytes made beforehand out, an answer back
logs      what an application prints, and its last error
heard     an answer that nobody wanted, in words
forms     the forms of a page, and which of them is meant
login     sessions, requests, and the forms that they fill in
browsers  those who are logged in, and what they send
race      Race and Application: what an owner says (pure)
calls     CallsTarget: plain callables, a thread for each
rest      proof from /proc that a thread waits for another (a lock of the application)
trust     what nobody sees from outside, and a verdict hangs on
witnesses whom the threads that wait serve, once a request has answered
work      how much processes work, while they are waited for
inside    what goes on inside the process that all requests share
leash     ends a command with the process that started it
spawned   an application that is a command of its own
forked    applications that are forked from a process which has imported what they need
fork_server   that process, run by its path
ports     loopback ports for applications that open theirs by themselves
process   an application, started on a port of its own
web       WebTarget: the requests of a race
"""

from racewalk.targets.bounds import Allowance, fetch
from racewalk.targets.http import ResponseReader, encoded
from racewalk.targets.process import Instance

__all__ = ["Allowance", "Instance", "ResponseReader", "encoded", "fetch"]
