"""The explorer: walk every interleaving of a few requests and give an exact, repeatable verdict.

A proxy that speaks PostgreSQL's wire protocol stands between the requests and the database. It
holds each connection before each statement; a scheduler releases one at a time; a search walks
the tree of choices. Each folder lists its modules, each of which knows only those above it:

    errors       what can go wrong, as one tree
    words        what is said in more than one place: verdicts, names of requests
    wire/        PostgreSQL's protocol: bytes, messages, steps; the proxy that holds them
    schedule/    one schedule: choices, steps, waits, outcome; the runner of it
    commute/     what a step reads, locks and changes, and which steps depend on which
    search/      strategies, the loop, and the certificate
    reset/       facts read and the start restored
    targets/     what can be explored: scripted sessions
    story/       counterexamples for people: story, picture, SVG

How to explore:

    observer = Observer(superuser_conninfo)          # direct; gives the database its settings
    reset = SqlReset(observer, {"n": "SELECT n FROM t"}, ["UPDATE t SET n = 0"])
    target = ScriptedTarget(conninfo, [increment, increment], reset)
    judges = {"both count": lambda facts, answers: facts["n"] == 2}
    with LiveRunner(target, observer, Address("127.0.0.1", 5432), judges) as runner:
        certificate = explore(runner, 2, BruteForce(), Budget(seconds=60))
    print(certificate)                               # 80 of 92 schedules unsafe, exhausted (…)

To explore something else, implement `schedule.target.Target` (`open`, `reset`, `start`, `answer`,
`stuck`, `close`) on the runner's loop. To search otherwise, implement `search.strategy.Strategy`
(`next`, `saw`).

Facts to rely on:

- One schedule is determined by its choices: everything else is compared on every replay of a
  beginning, and a difference is a `DivergenceError`, never a result.
- Steps are sorted: one that sets a waiter free comes before the waiter's.
- After an error of `errors` a runner is only to be closed.
- The explored database is changed for good by `Observer.adopt` (ALTER DATABASE … SET): give the
  explorer a database of its own, one for each lane.
"""
