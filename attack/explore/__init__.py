"""The explorer: walk every interleaving of a few requests and give an exact, repeatable verdict.

A proxy that speaks PostgreSQL's wire protocol stands between the requests and the database. It
holds each connection before each statement; a scheduler releases one at a time; a search walks
the tree of choices. Layers, each knowing only those above it:

    errors       what can go wrong, as one tree
    wire         bytes → messages (pure)
    statements   messages → SQL and values; what varies masked (pure)
    groups       messages → steps (pure)
    noise        which groups pass without being a step, by named rules (pure)
    reply        what the server answered to a step (pure)
    loop         the event loop; non-blocking channels
    link         one client connection and its server connection: held, running, passed
    proxy        a loopback port for each request; counts the noise
    record       Step, Choice, Answer, Run: one schedule as plain data (pure)
    outcome      Ledger, invariants, Outcome: what a schedule left in the database (pure)
    target       the protocol `Target`: what can be explored
    observer     asks the server who waits; the settings that make it tell
    backends     wakes several waiters one at a time (SIGSTOP, SIGCONT)
    actor        one request in a schedule, and the phases that it is in
    scheduler    releases a step and settles
    lab          all of it together: runs one schedule and gives (Run, Outcome)
    certificate  counts, verdict, hash, smallest counterexample (pure)
    search       brute force over a lab's schedules
    access       rows, verbs, modes: the words for what a step does (pure)
    dependence   which accesses do not commute: the whole relation in one table (pure)
    schema       tables, keys, foreign keys, read from the catalog
    syntax       SQL → trees and constants (pure); functions, queries, writes, tables: trees →
                 accesses; effects: what a statement does in itself
    initial      the values that keys have before each schedule
    footprint    what a step does inside its transaction (pure)
    classes      the class of a schedule, by vector clocks (pure)
    unfolding    all schedules of the classes that were run, as one graph (pure)
    counting     how many schedules that is (pure)
    reduction    what such a search adds to a certificate (pure)
    reduced      one schedule of each class, fewest preemptions first
    session      scripts: generators of SQL over a libpq connection
    scripted     ScriptedTarget: scripts as a `Target`, with an account of their own
    scripts      the withdrawals whose counts are known

and for web applications:

    http         raw HTTP/1.1: requests made beforehand, the status of the answer
    threads      proof from /proc that a thread waits for another (a lock of the application)
    cells        Cell: strategy, case, stack, number of requests and of processes
    leash, apps  gunicorn processes that end with the one that started them
    http_target  HttpTarget: a form posted by a user who is logged in, as a `Target`
    lane, lanes  processes that explore cells side by side, each with a database of its own
    brief, story a statement, and a schedule, as people want to read them (pure)
    picture, svg the story in the terminal, and as an SVG (pure)
    schedule_file, replay   saves a schedule, and runs it again

How to explore:

    observer = Observer(superuser_conninfo)          # direct; gives the database its settings
    target = ScriptedTarget(observer, conninfo, [transaction, transaction], start=100)
    with Lab(target, observer, Address("127.0.0.1", 5432)) as lab:
        certificate = brute_force(lab, Budget(seconds=60))
    print(certificate)                               # 80 of 92 schedules unsafe, exhausted (…)

To explore something else, implement `target.Target` (`open`, `reset`, `start`, `answer`, `stuck`,
`invariants`, `close`) on the lab's loop. To search otherwise, call `Lab.run(prefix, like)`: it
follows the prefix, then goes on without a preemption, and returns everything that reduction
needs: for each choice the requests that were enabled, for each step its statements with values,
its rows, its lock wait and where it was released and completed. The statement pending of a
request at a choice is the first of its steps with `released` at that choice or later.

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
