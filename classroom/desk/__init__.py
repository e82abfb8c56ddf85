"""The desk: the process that carries out what is queued, and keeps the door and the board open.

attack    a job of kind 'attack': one strategy on one stack, on the student's own account
grade     a job of kind 'grade': a file, by the grader, in a process of its own
lanes     threads that take one job after the other: one attacks, two grade
bell      a socket for what has to be done at once: a reset
state     desk.json: whether it runs, and what it has started
process   the process itself
start     starting, finding and stopping it
"""
