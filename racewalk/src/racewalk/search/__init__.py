"""Many schedules, and what they prove.

certificate  counts, verdict, hash, smallest counterexample (pure)
brute_force  every schedule of a lab
unfolding    all schedules of the classes that were run, as one graph (pure)
counting     how many schedules that is (pure)
reduction    what such a search adds to a certificate (pure)
reduced      one schedule of each class, fewest preemptions first
"""
