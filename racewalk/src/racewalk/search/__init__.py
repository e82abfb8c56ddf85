"""Many schedules, and what they prove.

certificate    counts, verdict, hash, smallest counterexample (pure)
budget         when to end what is not exhausted (pure)
strategy       the protocols `Strategy` and `Runner`
tally          counts runs; the only writer of a certificate (pure)
brute_force    a strategy: every schedule
unfolding      all schedules of the classes that were run, as one graph (pure)
counting       how many schedules that is (pure)
one_per_class  a strategy: one schedule of each class, fewest preemptions first
explore        the loop
"""
