"""The commands of `racewalk`.

errors   what is wrong in one line, and how a command ends
options  what several commands take
phases   what a command is doing while nothing is found yet
keep     what is kept of a run, for --resume
run      every interleaving of a scenario's races
live     one race, for whoever runs single schedules of it
step     somebody is the scheduler
replay   one schedule again
whatif   the same race with other SQL
init     a scenario for the project in a folder
address  which variables its code reads the database's address from
found    what kind of project that is
"""
