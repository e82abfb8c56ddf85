"""The two applications as a target.

http         raw HTTP/1.1: requests made beforehand, the status of the answer
threads      proof from /proc that a thread waits for another (a lock of the application)
accounts     the accounts of those who race, read and restored
messages     what each request sends, and what an answer says
leash, apps  gunicorn processes that end with the one that started them
target       HttpTarget: forms posted by users who are logged in, as a `Target`
lane, lanes  processes that explore cells side by side, each with a database of its own
"""
