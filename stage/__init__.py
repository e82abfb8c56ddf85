"""What a repair of an exercise is served with: one small application in each framework.

It runs in jail, beside code that nobody trusts, so it decides nothing: what it answers and what it
notes is what a student's code wants it to. The lab's models, settings and helpers are used as they
are; pages, sessions and forms are left out, for the repair is called as the lab's view calls a
strategy, with the user loaded just before.

doors            what may be asked for, and which function of the repair answers
repair           imports the one file
guard            notes what a repair must not do, and keeps it from doing so
fence            the same by the kernel, on Linux
notes            the way out for notes
flask_stage, django_stage   the two applications
tables_flask, tables_django the tables that single exercises have beside the lab's
"""
