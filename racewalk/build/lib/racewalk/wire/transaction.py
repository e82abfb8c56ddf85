"""Which transaction a connection is in: what ReadyForQuery told, and what a batch did since.

Between the Executes of one batch no ReadyForQuery comes. The first Execute outside of a
transaction block opens an implicit one, which the Sync commits; BEGIN makes it a block, COMMIT
and ROLLBACK end either (PostgreSQL documentation, 'Pipelining').
"""

from __future__ import annotations

import re
from typing import Final

from racewalk.wire.groups import Group
from racewalk.wire.reply import Reply

_OPENS: Final = frozenset({"BEGIN", "START TRANSACTION"})
_ENDS: Final = frozenset({"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"})
_TO_SAVEPOINT: Final = re.compile(r"\s*ROLLBACK\b.*\bTO\b", re.IGNORECASE | re.DOTALL)


class Transaction:
    """Follows one connection.

    Attributes:
        status: 'I' outside of a transaction, 'T' in one, 'E' in a failed one; '' at first.
        in_batch: whether something was executed since the last ReadyForQuery.
    """

    def __init__(self) -> None:
        self.status = ""
        self.in_batch = False
        self._in_block = False

    @property
    def is_implicit(self) -> bool:
        """Whether a transaction is open that the next Sync ends."""
        return self.in_batch and self.status == "T" and not self._in_block

    def ready(self, status: str) -> None:
        """Take the status that ReadyForQuery tells."""
        self.status = status
        self.in_batch, self._in_block = False, status != "I"

    def batch(self, group: Group | None, reply: Reply) -> None:
        """Take a group of a batch that was answered without a ReadyForQuery."""
        if reply.error:
            self.in_batch, self.status = True, "E" if self._in_block else "I"
            return
        if group is None or not group.executes:
            return
        self.in_batch = True
        tag = reply.tags[-1] if reply.tags else ""
        if tag in _ENDS and not _TO_SAVEPOINT.match(group.statements[-1].sql):
            self.status, self._in_block = "I", False
        else:
            self.status, self._in_block = "T", self._in_block or tag in _OPENS
