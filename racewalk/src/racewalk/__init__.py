"""The explorer: walk every interleaving of a few requests and give an exact, repeatable verdict.

A proxy that speaks PostgreSQL's wire protocol stands between the requests and the database. It
holds each connection before each statement; a scheduler releases one at a time; a search walks
the tree of choices. Each folder lists its modules, each of which knows only those above it:

    errors       what can go wrong, as one tree
    wire/        PostgreSQL's protocol: bytes, messages, steps; the proxy that holds them
    schedule/    one schedule: choices, steps, waits, outcome; the scheduler that runs it
    commute/     what a step reads, locks and changes, and which steps depend on which
    search/      brute force, the reduced search, and the certificate of either
    scripts/     scripted sessions as a target
    story/       counterexamples for people: story, picture, SVG

How to explore:

    observer = Observer(superuser_conninfo)          # direct; gives the database its settings
    target = ScriptedTarget(observer, conninfo, [transaction, transaction], start=100)
    with Lab(target, observer, Address("127.0.0.1", 5432)) as lab:
        certificate = brute_force(lab, Budget(seconds=60))
    print(certificate)                               # 80 of 92 schedules unsafe, exhausted (…)

To explore something else, implement `schedule.target.Target` (`open`, `reset`, `start`, `answer`,
`stuck`, `invariants`, `close`) on the lab's loop. To search otherwise, call
`Lab.run(prefix, like)`: it follows the prefix, then goes on without a preemption, and returns
everything that reduction needs: for each choice the requests that were enabled, for each step its
statements with values, its rows, its lock wait and where it was released and completed. The
statement pending of a request at a choice is the first of its steps with `released` at that choice
or later.

Facts to rely on:

- One schedule is determined by its choices: everything else is compared on every replay of a
  prefix, and a difference is a `DivergenceError`, never a result.
- Steps are sorted: one that sets a waiter free comes before the waiter's.
- After an error of `errors` a lab is only to be closed.
- The explored database is changed for good by `Observer.adopt` (ALTER DATABASE … SET): give the
  explorer a database of its own, one for each lane.
- With three requests or more, one COMMIT may wake two waiters; they are woken in the order in
  which they began to wait, and only that order is explored.
"""
