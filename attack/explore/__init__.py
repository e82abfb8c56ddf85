"""The lab's cells as races of racewalk: every interleaving of a few withdrawals.

cells        Cell: a case of a strategy on one stack, with so much money, by so many users
judge        what a schedule broke, who was paid too little, who met whom
exploration  Exploration: a cell with its certificate, its verdict and what shows it best
disease      what the explorations of one row tell together
ledger       the accounts, as the facts of a schedule tell them
races        a cell as a race: what is sent, read and answered
lanes        a server of their own, and lanes that explore cells side by side
views        what is shown of a cell when it is recorded
recordings   what the lab says of a recording, and its file
schedule_file  a cell's schedule, kept in a file
"""
