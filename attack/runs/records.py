"""What stands in the files of a run; `read` holds every file to it, whoever wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, get_args

from msgspec import Meta

from shared_db.catalogue import Expected, Explored, Setting, Strategy, strategies

FORMAT: Final = "overdraft run 1"
HEAD, VERDICTS, BENCH = "run.json", "verdicts.json", "bench.json"
CERTIFICATES, SOURCES, SCHEDULES = "certificates.jsonl", "sources", "schedules"

_MONEY: Final[tuple[Setting, ...]] = ("one", "all")
Part = Literal["fire", "explore", "bench"]
PARTS: Final[tuple[Part, ...]] = ("fire", "explore", "bench")
Stack = Literal["flask", "django"]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Number = Annotated[float, Meta(ge=0, le=1e12)]
Spread = tuple[Number, Number]


@dataclass(frozen=True)
class Format:
    """What tells a run from other files, and its version from others."""

    format: str


@dataclass(frozen=True)
class Row:
    """One row of the matrix as the catalogue had it: a strategy, its case.

    expected: the verdict of each stack; with_money: the same where an account holds money for one
    withdrawal, or for all of them.
    """

    number: int
    slug: str
    title: str
    how: str
    case: str
    expected: dict[Stack, Expected]
    with_money: dict[Setting, dict[Stack, Expected]] = field(default_factory=dict)

    def expected_on(self, stack: Stack, money: Setting | None) -> Expected:
        """Return the verdict of an attack on a stack, with money for one, for all, or between."""
        found = self.with_money.get(money, {}) if money else {}
        return found.get(stack) or self.expected[stack]

    @property
    def key(self) -> tuple[str, str]:
        """Strategy and case, as trials and certificates name them."""
        return self.slug, self.case

    @property
    def label(self) -> str:
        """Its name for people."""
        return f"{self.slug} ({self.case})" if self.case else self.slug


@dataclass(frozen=True)
class Head:
    """What was known before the first trial.

    settings: of each part that was to be run. versions: of programs and packages, by name.
    """

    format: str
    started: str
    settings: dict[Part, dict[str, Any]]
    versions: dict[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Step:
    """One statement of a counterexample; requests are counted from 0."""

    request: Annotated[int, Meta(ge=0, le=25)]
    sql: str


@dataclass(frozen=True)
class Told:
    """A line of the story of a counterexample, and what it read, wrote or waited for, in words."""

    request: Annotated[int, Meta(ge=0, le=25)]
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counterexample:
    """One schedule, in the order of its steps, and how it ended; money in whole units."""

    preemptions: Count
    steps: tuple[Step, ...]
    balance: int
    paid_out: int


@dataclass(frozen=True)
class Certificate:
    """What one exploration proves, as `explore --json` has it, with its words and its picture.

    by_preemptions: schedules, and unsafe ones among them, by number of preemptions.
    setting: what the requests were given, in words. told: the certificate in one line.
    picture, story: the counterexample as SVG, and in words.
    """

    stack: Stack
    strategy: str
    case: str
    start: Count
    users: Count
    requests: Count
    workers: Count
    schedules: Count
    unsafe: Count
    exhausted: bool
    verdict: str
    expected: str
    hash: str
    by_preemptions: dict[Count, tuple[Count, Count]]
    counterexample: Counterexample | None
    setting: str
    told: str
    picture: str = ""
    story: tuple[Told, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the exploration came to a verdict; 'safe up to 1 preemption' is none."""
        return self.verdict in get_args(Explored)

    @property
    def key(self) -> tuple[str, str, Stack, str]:
        """What is told apart: row, stack, and what the requests were given."""
        return self.strategy, self.case, self.stack, self.setting


@dataclass(frozen=True)
class Measured:
    """One cell of a bench: rates a second, times in milliseconds.

    throughput_spread: the least and the largest of its repeats.
    limit_throughput: of the same SQL without a framework, in the same run.
    """

    stack: Stack
    strategy: str
    accounts: Count
    clients: Count
    throughput: Number
    throughput_spread: Spread | None = None
    p50_ms: Number | None = None
    p99_ms: Number | None = None
    errors: Count = 0
    retries: Count = 0
    limit_throughput: Number | None = None
    ratio_to_limit: Number | None = None
    generator_limited: bool = False
    money: str | list[str] = "right"
    case: str = ""


@dataclass(frozen=True)
class Bare:
    """The page that no database is behind, of one stack: rates a second, times in milliseconds."""

    stack: Stack
    clients: Count
    throughput: Number
    throughput_spread: Spread | None = None
    p50_ms: Number | None = None
    p99_ms: Number | None = None
    generator_limited: bool = False


@dataclass(frozen=True)
class Bench:
    """A bench, as `bench --json` has it."""

    cells: tuple[Measured, ...] = field(default=())
    pages: tuple[Bare, ...] = field(default=())


def catalogue_rows() -> tuple[Row, ...]:
    """Return every row of the catalogue as it is now."""
    return tuple(row for strategy in strategies() for row in _rows(strategy))


def _rows(strategy: Strategy) -> Iterator[Row]:
    for case in strategy.cases:
        expected: dict[Any, Expected] = dict(case.expected)
        yield Row(
            number=strategy.number,
            slug=strategy.slug,
            title=strategy.title,
            how=strategy.how,
            case=case.name,
            expected=expected,
            with_money={
                money: {stack: case.attacked_on(stack, money) for stack in expected}
                for money in _MONEY
            },
        )
