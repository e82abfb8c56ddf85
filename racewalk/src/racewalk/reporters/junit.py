"""What was found, as JUnit's XML: a race is a test, and fails where it is not as expected."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.etree.ElementTree import Element, ElementTree, SubElement

from rich.console import Console

from racewalk.reporters.words import sentence, story_of, unread
from racewalk.scenario.verdicts import Exit, Found
from racewalk.story.picture import draw

_WIDTH = 150


def as_junit(found: Sequence[Found], suite: str) -> bytes:
    """Return all races as one suite.

    Args:
        found: of each race.
        suite: name of the suite, such as the scenario's file.
    """
    root = Element("testsuites")
    tests = SubElement(
        root,
        "testsuite",
        name=suite,
        tests=str(len(found)),
        failures=str(sum(each.exit is Exit.UNMET for each in found)),
        errors=str(sum(each.exit is Exit.UNKNOWN for each in found)),
        time=f"{sum(each.certificate.seconds for each in found):.3f}",
    )
    for each in found:
        case = SubElement(
            tests,
            "testcase",
            classname="racewalk",
            name=_plain(each.written.name),
            time=f"{each.certificate.seconds:.3f}",
        )
        if each.exit is not Exit.MET:
            kind = "failure" if each.exit is Exit.UNMET else "error"
            told = SubElement(case, kind, type=each.verdict, message=_plain(sentence(each)))
            told.text = _plain(picture(each))
        elif each.certificate.failed:
            SubElement(case, "system-out").text = _plain(sentence(each))
    page = io.BytesIO()
    ElementTree(root).write(page, "utf-8", xml_declaration=True)
    return page.getvalue()


def picture(found: Found, width: int = _WIDTH) -> str:
    """Return the smallest counterexample as text, under the certificate."""
    page = io.StringIO()
    console = Console(file=page, width=width)
    console.print(str(found.certificate), markup=False, highlight=False)
    for line in unread(found.certificate):
        console.print(line, markup=False, highlight=False)
    if smallest := found.certificate.smallest:
        draw(story_of(*smallest, found.certificate.differs), found.written.name, console)
        console.print(f"schedule {smallest[0].schedule}", markup=False, highlight=False)
    return page.getvalue()


def _plain(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or sign >= " ")
