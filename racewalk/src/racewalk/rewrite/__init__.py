"""The same application with other SQL: what is changed, and how a statement's text is changed.

changes   what can be changed, as data
texts     a text → its statements, their shapes and the locks that they ask for
patches   a statement with its changes: the text differs in these alone
control   BEGIN, COMMIT and what goes with them: another level, savepoints in their place
envelope  one transaction around all that a connection says
editing   all of it together, for the connections of an application; implements `wire.edits`
"""
