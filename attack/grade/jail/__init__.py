"""Where a repair runs, which nobody trusts: it reaches a gate to the database, and nothing else.

main     started for each instance of an application: the gate outside, the application inside
gate     lets connections to the database through, and knows the password that the inside does not
scram    the proof of that password (RFC 5802)
pump     carries bytes between two sockets
room     namespaces of Linux: no network, no other process, a few files, nothing to write to
limits   time, memory, processes and files, on any system

What the kernel forbids beside that, and what is noted, is set up inside, by `stage`.
"""
