"""What a step does, and when two steps may change places.

access       rows, verbs, modes: the words for what a step does (pure)
dependence   which accesses do not commute: the whole relation in one table (pure)
catalog      functions, operators, casts, settings, asked from PostgreSQL
schema       tables, keys, foreign keys, defaults, read from the catalog
syntax       SQL → words, trees and constants (pure)
calls        what the functions do that a statement calls
order        whether a query shows how rows lie (pure)
tables       what a statement knows of the tables, and what was learnt on the way
queries, writes   trees → accesses
looks        whether somebody looks at times that a table keeps, or at transactions' numbers
recalled     what was read of a database in the races before
effects      what a statement does in itself
plans        what auto_explain tells (pure)
watch        plans as a watch over what was read, and in its place
session      what a connection's settings change
initial      a reader of one database; the values that keys have before each schedule
told         where the server's answer speaks against how a statement was read (pure)
open         a transaction that is open, and what its end will do (pure)
snapshots    what a statement sees, by the level of its transaction (pure)
held         how many advisory locks a session holds, by what its statements answered (pure)
connection   a connection from statement to statement: its transactions, and what outlives them
transactions what a step does inside its transaction
followed     the connections of many runs, each followed once from every beginning
reading      how statements were read: by text, by plan, or not at all (pure)
last         who made an access last, looked up by verb and table (pure)
trace        a run as events: what they touch, what happens before what, and why (pure)
"""
