"""A hub as people run it: a server in a process of its own, and a token for it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.rooms.site.test_server import Served


class ServedHub(Served):
    """A running server with a steward's token that may do everything."""

    def __init__(self, home: Path, **settings: str) -> None:
        super().__init__(home, **settings)
        self.token = self._make_token()
        self.root = f"http://localhost:{self.port}/sta/v1.1"

    def _make_token(self) -> str:
        who = "steward@example.org"
        told = self.run(
            "user", "create", "--email", who, "--name", "S", "--role", "data_steward", "--totp"
        )
        assert told.returncode == 0, told.stderr
        scopes = ("manage", "observe", "read_shared", "read_closed")
        asked = [part for scope in scopes for part in ("--scope", f"sensing.{scope}")]
        told = self.run("token", "create", "--for", who, "--name", "t", *asked, "--json")
        assert told.returncode == 0, told.stderr
        return str(json.loads(told.stdout)["token"])
