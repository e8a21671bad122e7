"""A package cannot be built without the front end; a checkout in use can."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_build import MANIFEST, FrontEndHook

pytestmark = pytest.mark.once


def hook(root: Path) -> FrontEndHook:
    return FrontEndHook(str(root), {}, None, None, str(root / "dist"), "wheel")


def test_a_wheel_without_the_front_end_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="build the front end first"):
        hook(tmp_path).initialize("standard", {})


def test_a_wheel_with_the_front_end_is(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).parent.mkdir(parents=True)
    (tmp_path / MANIFEST).write_text("{}")
    hook(tmp_path).initialize("standard", {})


def test_a_checkout_in_use_may_build_later(tmp_path: Path) -> None:
    hook(tmp_path).initialize("editable", {})
