"""What was found, for people and for programs; one file each.

words     a race and its end in words
table     the table, the certificates and the smallest counterexamples, in the terminal
as_json   for programs
junit     for continuous integration
pages     recordings of races: files, and pages with the stepper
"""
