"""The two applications as a target.

http         raw HTTP/1.1: requests made beforehand, the status of the answer
threads      proof from /proc that a thread waits for another (a lock of the application)
cells        Cell: strategy, case, stack, number of requests and of processes
leash, apps  gunicorn processes that end with the one that started them
target       HttpTarget: a form posted by a user who is logged in, as a `Target`
lane, lanes  processes that explore cells side by side, each with a database of its own
"""
