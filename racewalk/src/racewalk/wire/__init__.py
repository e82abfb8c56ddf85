"""Between application and database: PostgreSQL's protocol, understood and held.

framing       bytes → messages (pure)
remembered    what is made of a message alone (pure)
statements    messages → SQL and values (pure)
plain         SQL without its comments (pure)
parameters    what a connection was set to (pure)
groups        messages → steps: an Execute or a Query with what goes along (pure)
noise         which groups pass without being a step, by named rules (pure)
reply         what the server answered to a step (pure)
notices       what the server tells the explorer: waits, plans (pure)
transaction   which transaction a connection is in, amid a batch too (pure)
start         what the first packet of a connection asks for (pure)
inbox         what a client sent ahead of its turn (pure)
states        where a connection stands, as a table (pure)
events        what a conversation asks for and tells (pure)
edits         the same application with other SQL: changes put into messages (pure)
exchange      the steps of one connection: what is held, running, passed on (pure)
conversation  one connection: bytes and permissions in, events out (pure)
loop          the event loop; non-blocking channels
link          a conversation on two sockets
proxy         a loopback port for each request; counts the noise
"""
