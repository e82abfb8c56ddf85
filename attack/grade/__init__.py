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
withdrawn, withdrawn_in_turn, withdrawn_at_once   what is wrong with how withdrawals ended
bare         a statement without comments and texts
contract     what the file and its statements have to show
lasting      what comes of it where one takes long, and a wait for it has an end
overtaking   what comes of it where two go by while one is held
salvo        one short attack
stepping     the race that a repair fails in, as a page to step through
stop         what ends a grading before its end
shown        a counterexample for people
task         what is to be graded
grading      one grading under way, and what to say where something came to no end
exploring    how many orders are seen, and when these suffice
in_turn, at_once, full_speed   one request after the other, every order, and past the explorer
grader       all of it in order; the first failure ends it
"""
