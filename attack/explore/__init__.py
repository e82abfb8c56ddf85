"""The lab's cells as races of racewalk: every interleaving of a few withdrawals.

cells        Cell: a case of a strategy on one stack, with so much money, by so many users
judge        what a schedule broke, who was paid too little, who met whom
exploration  Exploration: a cell with its certificate, its verdict and what shows it best
disease      what the explorations of one row tell together
web/         the two applications as a target, in lanes
story/       schedules in files: saved, and run again
"""
