"""`make chat` on a machine on which nothing runs: what it shows is what README.md says."""

import os
import shutil
import subprocess
from pathlib import Path

from chat.tests.conftest import ROOT
from workflows_site.tests.servers import site

PATIENCE_SECONDS = 120


def test_the_conversation_in_the_readme_is_what_comes_of_it(tmp_path: Path) -> None:
    thrown_away = tmp_path / "thrown away"
    thrown_away.mkdir()
    ours = ("WORKFLOWS_URL", "WORKFLOWS_KEY", "CHAT_BASE_URL", "CHAT_API_KEY", "CHAT_MODEL")
    environment = {name: value for name, value in site(tmp_path).environment.items() if name not in ours}

    ran = subprocess.run(  # noqa: S603  our own script
        [str(ROOT / "scripts" / "chat"), "--script", "chat/demo.txt"],
        cwd=ROOT,
        env={**environment, "TMPDIR": str(thrown_away)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    conversation = ran.stdout[ran.stdout.index("NOT AN AI") :].rstrip()
    assert conversation.endswith("That is all. Thank you.")
    assert f"```text\n{conversation}\n```" in (ROOT / "README.md").read_text()
    assert os.listdir(thrown_away) == []


def test_a_service_that_cannot_be_prepared_says_why_and_is_not_started(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "chat", tmp_path / "scripts" / "chat")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        """#!/bin/sh
echo "$2" >>calls
[ "$2" != bootstrap ] || { echo "An example is no YAML." >&2; exit 1; }
"""
    )
    python.chmod(0o755)

    ran = subprocess.run(  # noqa: S603  our own script
        [str(tmp_path / "scripts" / "chat")],
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (1, "An example is no YAML.\n")
    assert (tmp_path / "calls").read_text().split() == ["migrate", "bootstrap"]
