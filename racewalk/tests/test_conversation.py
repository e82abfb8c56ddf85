"""A connection without a socket: every order in which bytes may come is a page to read."""

from racewalk.wire import states
from racewalk.wire.events import Closed, Finish, Lost, Passed, Side
from racewalk.wire.framing import encode
from racewalk.wire.states import LinkState
from support import messages as m
from support.playbook import (
    BOUND,
    COPY_DATA,
    COPY_DONE,
    COPY_IN,
    NO_DATA,
    PARSED,
    Client,
    Release,
    Server,
    Told,
    completed,
    error,
    held,
    logged_in,
    nothing,
    ready,
    tag,
    to_client,
    to_server,
)


def test_the_docstring_draws_the_table() -> None:
    assert states.picture() in str(states.__doc__)


def test_a_query_is_held_released_and_completed() -> None:
    one, answer = m.query("SELECT 1 FROM t"), tag("SELECT 1") + ready()
    play = logged_in()
    play >> Client(one) << held("SELECT 1 FROM t") << nothing
    play >> Release() << to_server(one) << nothing
    play >> Server(answer[:9]) << nothing
    play >> Server(answer[9:]) << to_client(answer) << completed("SELECT 1 FROM t", "SELECT 1")
    play << nothing
    assert play.conversation.quiet


def copied() -> tuple[bytes, bytes]:
    """A COPY in one go, and the Sync behind it."""
    return m.query("COPY t FROM STDIN") + COPY_DATA + COPY_DONE, m.SYNC


def test_a_sync_behind_copy_is_one_of_its_own_where_the_data_came_first() -> None:
    copy, sync = copied()
    play = logged_in()
    play >> Client(copy + sync) << held("COPY t FROM STDIN") << nothing
    play >> Release()
    play << to_server(copy)
    play >> Server(COPY_IN) << to_client(COPY_IN) << nothing
    done = tag("COPY 1") + ready()
    play >> Server(done) << to_client(done) << completed("COPY t FROM STDIN", "COPY 1")
    play << Passed("close or describe") << to_server(sync) << nothing
    play >> Client(m.query("SELECT 2 FROM t")) << nothing
    play >> Server(ready()) << to_client(ready()) << held("SELECT 2 FROM t") << nothing


def test_a_sync_behind_copy_is_one_of_its_own_where_the_server_spoke_first() -> None:
    copy, sync = copied()
    play = logged_in()
    play >> Client(m.query("COPY t FROM STDIN")) << held("COPY t FROM STDIN") << nothing
    play >> Release() << to_server(m.query("COPY t FROM STDIN")) << nothing
    play >> Server(COPY_IN) << to_client(COPY_IN) << nothing
    play >> Client(COPY_DATA + COPY_DONE + sync) << to_server(COPY_DATA + COPY_DONE)
    done = tag("COPY 1") + ready()
    play >> Server(done) << to_client(done) << completed("COPY t FROM STDIN", "COPY 1")
    play << Passed("close or describe") << to_server(sync) << nothing
    assert copy.endswith(COPY_DATA + COPY_DONE)


def test_a_copy_rests_where_the_client_is_to_send_its_data() -> None:
    for early in (True, False):
        copy = m.query("COPY t FROM STDIN") + (COPY_DATA + COPY_DONE if early else b"")
        play = logged_in()
        play >> Client(copy) << held("COPY t FROM STDIN") << nothing
        play >> Release() << to_server(copy)
        assert not play.conversation.rests
        play >> Server(COPY_IN) << to_client(COPY_IN) << nothing
        assert play.conversation.rests is not early
        if not early:
            play >> Client(COPY_DATA + COPY_DONE) << to_server(COPY_DATA + COPY_DONE) << nothing
            assert not play.conversation.rests


def test_a_sync_inside_an_extended_copy_goes_along() -> None:
    begin = m.parse("COPY t FROM STDIN") + m.bind() + m.EXECUTE + m.SYNC
    for early in (True, False):
        play = logged_in()
        play >> Client(begin + (COPY_DATA + COPY_DONE + m.SYNC if early else b""))
        play << held("COPY t FROM STDIN")
        play >> Release() << to_server(begin + (COPY_DATA + COPY_DONE if early else b"")) << nothing
        play >> Server(PARSED + BOUND + COPY_IN)
        if early:
            play << to_server(m.SYNC)
        play << to_client(PARSED + BOUND + COPY_IN) << nothing
        if not early:
            play >> Client(COPY_DATA + COPY_DONE + m.SYNC)
            play << to_server(COPY_DATA + COPY_DONE + m.SYNC) << nothing
        done = tag("COPY 1") + ready()
        play >> Server(done) << to_client(done) << completed("COPY t FROM STDIN", "COPY 1")


ONE = m.bind(b"1", name="s") + m.EXECUTE
TWO = m.bind(b"2", name="s") + m.EXECUTE
UPDATED = BOUND + tag("UPDATE 1")
SQL = "UPDATE t SET n = 0 WHERE id = $1"
PREPARE = m.parse(SQL, "s")


def test_each_execute_of_a_batch_is_a_step_and_is_answered_where_the_client_asks() -> None:
    play = logged_in()
    play >> Client(PREPARE + ONE + TWO + m.SYNC) << held(SQL) << nothing
    play >> Release() << to_server(PREPARE + ONE + m.FLUSH) << nothing
    play >> Server(PARSED + UPDATED) << completed(SQL, "UPDATE 1", status="T") << held(SQL)
    assert not play.conversation.quiet
    play >> Release() << to_server(TWO + m.SYNC) << nothing
    play >> Server(UPDATED + ready()) << to_client(PARSED + UPDATED + UPDATED + ready())
    play << completed(SQL, "UPDATE 1", status="I") << nothing
    assert play.conversation.quiet


def test_an_execute_waits_for_what_comes_next_wherever_its_batch_is_torn() -> None:
    first, batch = PREPARE + ONE, PREPARE + ONE + TWO + m.SYNC
    for at in range(1, len(batch)):
        known = at >= len(PREPARE + ONE + TWO)
        play = logged_in()
        for part, tells in ((batch[:at], known), (batch[at:], not known)):
            play >> Client(part)
            if tells:
                play << held(SQL)
            play << nothing
        play >> Release() << to_server(first + m.FLUSH)
        play >> Server(PARSED + UPDATED) << completed(SQL, "UPDATE 1") << held(SQL) << nothing


def test_what_follows_a_failure_in_a_batch_goes_to_the_server_which_drops_it() -> None:
    play = logged_in()
    play >> Client(PREPARE + ONE + TWO + ONE + m.SYNC) << held(SQL)
    play >> Release() << to_server(PREPARE + ONE + m.FLUSH)
    failed = PARSED + BOUND + error("40P01")
    play >> Server(failed) << completed(SQL, error="40P01", status="I")
    play << to_client(failed) << to_server(TWO + ONE + m.SYNC) << nothing
    assert not play.conversation.quiet
    play >> Server(ready()) << to_client(ready()) << nothing
    assert play.conversation.quiet


def test_a_failure_in_a_block_leaves_it_failed() -> None:
    play = logged_in()
    begin = m.query("BEGIN")
    play >> Client(begin) << held("BEGIN")
    play >> Release() << to_server(begin)
    play >> Server(tag("BEGIN") + ready("T")) << to_client(tag("BEGIN") + ready("T"))
    play << completed("BEGIN", "BEGIN", status="T")
    play >> Client(PREPARE + ONE + m.FLUSH) << held(SQL)
    play >> Release() << to_server(PREPARE + ONE + m.FLUSH)
    failed = PARSED + BOUND + error("23505")
    play >> Server(failed) << completed(SQL, error="23505", status="E") << to_client(failed)
    play >> Client(m.SYNC) << to_server(m.SYNC)
    play >> Server(ready("E")) << to_client(ready("E")) << nothing
    assert play.conversation.status == "E"


def test_a_flush_of_the_client_ends_a_step_too() -> None:
    play = logged_in()
    play >> Client(PREPARE + ONE + m.FLUSH) << held(SQL)
    play >> Release() << to_server(PREPARE + ONE + m.FLUSH)
    play >> Server(PARSED + UPDATED) << to_client(PARSED + UPDATED)
    play << completed(SQL, "UPDATE 1", status="T") << nothing
    assert not play.conversation.quiet


def test_a_sync_that_commits_is_a_step() -> None:
    play = logged_in()
    play >> Client(PREPARE + ONE + m.FLUSH) << held(SQL)
    play >> Release() << to_server(PREPARE + ONE + m.FLUSH)
    play >> Server(PARSED + UPDATED) << to_client(PARSED + UPDATED) << completed(SQL, "UPDATE 1")
    play >> Client(m.SYNC) << held("") << nothing
    play >> Release() << to_server(m.SYNC)
    play >> Server(ready()) << to_client(ready()) << completed("", status="I") << nothing


def test_a_sync_behind_a_commit_of_the_batch_is_none() -> None:
    play = logged_in()
    begin, commit = (m.parse(sql) + m.bind() + m.EXECUTE for sql in ("BEGIN", "COMMIT"))
    play >> Client(begin + PREPARE + ONE + commit + m.FLUSH) << held("BEGIN")
    play >> Release() << to_server(begin + m.FLUSH)
    play >> Server(PARSED + BOUND + tag("BEGIN")) << completed("BEGIN", "BEGIN", status="T")
    play << held(SQL)
    play >> Release() << to_server(PREPARE + ONE + m.FLUSH)
    play >> Server(PARSED + UPDATED) << completed(SQL, "UPDATE 1", status="T") << held("COMMIT")
    play >> Release() << to_server(commit + m.FLUSH)
    whole = PARSED + BOUND + tag("BEGIN") + PARSED + UPDATED + PARSED + BOUND + tag("COMMIT")
    play >> Server(PARSED + BOUND + tag("COMMIT")) << to_client(whole)
    play << completed("COMMIT", "COMMIT", status="I") << nothing
    play >> Client(m.SYNC) << Passed("close or describe") << to_server(m.SYNC) << nothing


def test_a_flush_that_asks_for_nothing_passes() -> None:
    play = logged_in()
    play >> Client(m.FLUSH) << Passed("flush") << to_server(m.FLUSH) << nothing
    assert play.conversation.state is LinkState.IDLE


def test_a_statement_that_is_prepared_and_then_bound_is_one_step() -> None:
    for ends in (m.SYNC, m.FLUSH):
        done = PARSED + (ready() if ends is m.SYNC else b"")
        play = logged_in()
        play >> Client(PREPARE + ends) << held(SQL)
        play >> Release() << to_server(PREPARE + ends)
        play >> Server(done) << to_client(done) << nothing
        assert play.conversation.state is LinkState.PREPARED
        play >> Client(ONE + m.SYNC) << Passed("prepare") << to_server(ONE + m.SYNC)
        play >> Server(UPDATED + ready()) << to_client(UPDATED + ready())
        play << completed(SQL, "UPDATE 1", status="I") << nothing


def test_a_statement_that_is_prepared_and_not_bound_is_a_step_by_itself() -> None:
    other = m.query("SELECT 3 FROM t")
    play = logged_in()
    play >> Client(PREPARE + m.SYNC) << held(SQL)
    play >> Release() << to_server(PREPARE + m.SYNC)
    play >> Server(PARSED + ready()) << to_client(PARSED + ready()) << nothing
    play >> Client(other) << completed(SQL) << held("SELECT 3 FROM t") << nothing


def test_an_empty_query_and_one_without_rows_are_answered() -> None:
    play = logged_in()
    ask = m.parse("") + m.bind() + m.describe() + m.EXECUTE
    play >> Client(ask + ONE + m.SYNC) << held("")
    play >> Release() << to_server(ask + m.FLUSH)
    (
        play
        >> Server(PARSED + BOUND + NO_DATA + encode("I"))
        << completed("")
        << held("(prepared statement 's')")
    )


def test_the_end_of_either_side() -> None:
    one = m.query("SELECT 1 FROM t")
    play = logged_in()
    play >> Client(one) << held("SELECT 1 FROM t")
    (
        play
        >> Client(b"")
        << Told(Lost, "the client closed its connection")
        << Finish(Side.CLIENT, at_once=True)
    )
    play << Finish(Side.SERVER) << nothing
    (
        play
        >> Server(b"")
        << Finish(Side.SERVER, at_once=True)
        << Finish(Side.CLIENT)
        << Closed()
        << nothing
    )
    play = logged_in()
    play >> Client(one) << held("SELECT 1 FROM t")
    play >> Release() << to_server(one)
    (
        play
        >> Server(b"")
        << Told(Lost, "the server closed its connection")
        << Finish(Side.SERVER, at_once=True)
    )
    play << Finish(Side.CLIENT) << Closed() << nothing
    play >> Client(b"") << Finish(Side.CLIENT, at_once=True) << nothing
