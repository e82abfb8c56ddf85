"""The door: an sshd of the class's own, on a loopback port, that opens a menu and nothing else.

keys     a key for each student, and the folder that each is handed
sshd     its configuration, and the process
"""
