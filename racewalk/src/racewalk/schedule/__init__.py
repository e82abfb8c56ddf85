"""One schedule: who goes on, who waits, and what is left in the database.

record       Step, Choice, Answer, Run: one schedule as plain data (pure)
outcome      Ledger, invariants, Outcome: what a schedule left in the database (pure)
target       the protocol `Target`: what can be explored
observer     asks the server who waits; the settings that make it tell
backends     wakes several waiters one at a time (SIGSTOP, SIGCONT)
actor        one request in a schedule, and the phases that it is in
scheduler    releases a step and settles
lab          all of it together: runs one schedule and gives (Run, Outcome)
"""
