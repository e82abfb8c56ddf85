"""A PostgreSQL of one's own, where none is at hand: the extra `embedded`.

programs   where the wheel's programs are, where data may lie, and whom the server runs as
names      a name for data that no other run uses
orphans    ends what a killed run left
guard      stops a server whose owner has ended
embedded   makes the data, starts the server and stops it
"""

from racewalk.server.embedded import EXPLORED, EmbeddedServer, server, start
from racewalk.server.names import own_name
from racewalk.server.orphans import stop_left_behind
from racewalk.server.programs import home

__all__ = ["EXPLORED", "EmbeddedServer", "home", "own_name", "server", "start", "stop_left_behind"]
