"""A class on one machine: accounts of their own for many, who share one lab.

accounts   the students' passwords, and what the database holds of them
slips      a sheet to print and cut: name, password, address
queue      who asked for which attack or grading, and what came of it; votes
desk/      the process that carries out what is queued, and keeps the door and the board
door/      how students come in: an sshd with a menu and nothing else
menu       what a student can say there
board/     what the instructor sees
commands/  up, down, reset, wheelhouse
"""
