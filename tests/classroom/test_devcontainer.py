"""The devcontainer names what there is: its file, the lab's ports, a student's packages."""

import json
import tomllib

from shared_db.paths import CHECKOUT

FOLDER = CHECKOUT / ".devcontainer"
DESCRIBED = json.loads((FOLDER / "devcontainer.json").read_text("utf-8"))


def test_it_is_built_from_a_file_that_is_there() -> None:
    recipe = (FOLDER / DESCRIBED["build"]["dockerfile"]).read_text("utf-8")
    assert f"useradd --create-home --shell /bin/bash {DESCRIBED['remoteUser']}" in recipe
    assert "/" not in recipe.split("FROM ")[1].splitlines()[0], "no registry's host"


def test_it_forwards_both_applications() -> None:
    ports = tomllib.loads((CHECKOUT / "shared_db" / "runtime.toml").read_text("utf-8"))["ports"]
    assert DESCRIBED["forwardPorts"] == list(ports.values())
    assert set(DESCRIBED["portsAttributes"]) == set(map(str, ports.values()))


def test_what_it_runs_once_it_is_made_is_there() -> None:
    makefile = (CHECKOUT / "Makefile").read_text("utf-8")
    for command in DESCRIBED["postCreateCommand"].split(" && "):
        program, target = command.split()
        assert program == "make"
        assert f"\n{target}: " in makefile
    recipe = (FOLDER / DESCRIBED["build"]["dockerfile"]).read_text("utf-8")
    installed = recipe.partition("install")[2].partition("&&")[0].split()
    assert {"make", "git"} <= set(installed)


def test_it_installs_a_student_s_packages() -> None:
    packages = DESCRIBED["containerEnv"]["PACKAGES"]
    assert packages == "student"
    assert (CHECKOUT / "requirements" / f"{packages}.txt").is_file()
