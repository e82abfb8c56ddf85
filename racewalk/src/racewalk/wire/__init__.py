"""Between application and database: PostgreSQL's protocol, understood and held.

framing      bytes → messages (pure)
statements   messages → SQL and values; what varies masked (pure)
parameters   what a connection was set to (pure)
groups       messages → steps (pure)
noise        which groups pass without being a step, by named rules (pure)
reply        what the server answered to a step (pure)
loop         the event loop; non-blocking channels
watcher      the states of a connection, and who is told of them
link         one client connection and its server connection: held, running, passed
proxy        a loopback port for each request; counts the noise
"""
