"""The lab's cells as races of racewalk: every interleaving of a few withdrawals.

web/     the two applications as a target, in lanes
story/   counterexamples in files: saved, and run again
"""
