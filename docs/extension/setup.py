"""Sphinx loads this module: it registers what the extension has."""

from typing import Any

from sphinx.application import Sphinx

from docs.extension import (
    code,
    describe,
    exercise,
    head,
    links,
    misconceptions,
    part,
    question,
    stepper,
    whatif,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and what listens to the build."""
    app.add_config_value("steppers_required", False, "env", [bool])
    app.add_config_value("described_in", 160, "html", [int])  # characters, as lists of pages show
    app.add_directive("lesson-head", head.LessonHead)
    app.add_directive("key-points", head.KeyPoints)
    app.add_directive("instructor", head.Instructor)
    app.add_directive("exercise", exercise.Exercise)
    app.add_directive("strategy-code", code.StrategyCode)
    app.add_directive("question", question.Question)
    app.add_directive("stepper", stepper.Stepper)
    app.add_directive("lesson-part", part.LessonPart)
    app.add_directive("misconceptions", misconceptions.Misconceptions)
    app.add_directive("whatif", whatif.WhatIf)
    app.connect("source-read", links.read)
    app.connect("env-check-consistency", head.check)
    app.connect("html-page-context", head.name_strategy)
    app.connect("html-page-context", describe.describe)
    app.connect("build-finished", stepper.bring)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
