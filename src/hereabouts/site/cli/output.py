"""How commands speak: progress on stderr, the answer on stdout, JSON when asked."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping

import click
import django
from django.apps import apps

as_json = click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
"""The option every command with a summary takes."""


def with_django() -> None:
    """Load Django once; commands call it first when they need tables."""
    if not apps.ready:
        django.setup()


def print_summary(summary: Mapping[str, object], sentence: str, as_json: bool) -> None:
    """Print the answer: one JSON object, or the sentence for people."""
    click.echo(json.dumps(summary, ensure_ascii=False, default=str) if as_json else sentence)


class Progress:
    """Steps on stderr: a line that moves on a terminal, a line per step elsewhere.

    Called with the step's name and the share done, from 0 to 1.
    """

    def __init__(self) -> None:
        self.step = ""
        self.began = self.shown = time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def __call__(self, step: str, share: float) -> None:
        """Show where the work stands."""
        now = time.monotonic()
        if step != self.step:
            self._finish(now)
            self.step, self.began, self.shown = step, now, 0.0
            if not self.is_terminal:
                click.echo(f"{step} …", err=True)
        if self.is_terminal and (now - self.shown > 0.1 or share >= 1):
            click.echo(f"\r{step} … {share:4.0%} ", nl=False, err=True)
            self.shown = now

    def done(self) -> None:
        """End the last step's line."""
        self._finish(time.monotonic())
        self.step = ""

    def _finish(self, now: float) -> None:
        if self.step and self.is_terminal:
            click.echo(f"\r{self.step} … done in {now - self.began:.1f} s", err=True)
