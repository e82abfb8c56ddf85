"""What a step does, and when two steps may change places.

access       rows, verbs, modes: the words for what a step does (pure)
dependence   which accesses do not commute: the whole relation in one table (pure)
schema       tables, keys, foreign keys, read from the catalog
syntax       SQL → trees and constants (pure)
functions, queries, writes, tables   trees → accesses (pure)
effects      what a statement does in itself (pure)
initial      the values that keys have before each schedule
footprint    what a step does inside its transaction (pure)
last         who made an access last, looked up by verb and table (pure)
trace        a run as events: what they touch, what happens before what, and why (pure)
"""
