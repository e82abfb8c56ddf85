"""A race with all that there is to see: its whole graph, walked, with the state at each node.

view       what is to be shown of a race: a column, tables, the application's code
shown      what to show of a race that nobody has said it of: what was written and read
state      what is to be seen at one node: plain data
probe      runs inside an application: tells by a side channel where its Python stands
python     starts an application with the probe, and reads what that tells
sources    functions that ran, as they stand in their files
versions   the versions of rows, from their pages, with who made and who ended them
locks      who holds what and who waits for whom, in words
eye        looks at all of it while nothing moves
lines      what happened at each choice of a run, in words
graph      nodes, edges, which of them were walked; refuses a node that looks different (pure)
camera     runs schedules under the eye
recorder   explores a race, then walks every edge that is left
writer     parts of a recording as JSON: every text, source and state once
document   a recording as JSON
"""
