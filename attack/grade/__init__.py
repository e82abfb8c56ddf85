"""Grading repairs of exercises: by the explorer, from the database alone.

exercises    the exercises, as their folders tell them
workbook     a student's copy, hints, and what was solved
reasons      why a repair is refused, as a fixed list
jail/        where a repair runs, which nobody trusts
confinement  whether this machine can keep repairs apart
application  a repair as an application to explore
kinds        which trials an exercise has
accounts, peers   tables, who is in them, and what changed elsewhere
lane         a database of its own, with a role that owns nothing
trial        requests, what is read afterwards, and what has to hold
withdrawals, transfers, prizes, admins   the trials of each kind of exercise
bare         a statement without comments and texts
contract     trials one after the other; what the statements have to show
lasting      what comes of it where one takes long, and a wait for it has an end
overtaking   what comes of it where two go by while one is held
salvo        one short attack
stepping     the race that a repair fails in, as a page to step through
stop         what ends a grading before its end
shown        a counterexample for people
grader       all of it in order; the first failure ends it
"""
