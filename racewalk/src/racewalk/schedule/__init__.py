"""One schedule: who goes on, who waits, and what is left in the database.

schedule     Schedule: Begin, Release, Wake, and its string (pure)
masks        what varies from run to run, by name; three views of a step (pure)
ignored      columns whose values are not compared (pure)
varying      the columns whose values differ between two runs: what `ignore` has to name
record       Step, Choice, Answer, Run and its moments: one schedule as plain data (pure)
outcome      Facts, judges, Outcome: what a schedule left, and what that broke (pure)
compare      whether two runs looked the same (pure)
script       a schedule while it is followed (pure)
target       the protocol `Target`: what can be explored
observer     asks the server who waits; the settings that make it tell
wakes        wakes several waiters one at a time (SIGSTOP, SIGCONT)
actor        one request in a schedule, and the phases that it is in
owners       whose statement has just been held (pure)
settling     waits until nothing moves
scheduler    releases a step, settles, records
runner       all of it together: runs one schedule and gives (Run, Outcome)
"""
