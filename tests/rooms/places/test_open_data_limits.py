"""What the open API refuses to do for one reader, so that it stays there for all of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from hereabouts.places.adapters.ogcapi import files, items
from hereabouts.places.errors import QuestionTookTooLong
from hereabouts.places.models import ImportRun, Premises
from hereabouts.places.queries.features.time_limit import time_limit
from tests.rooms.places.small_town import WHEN, small_town

pytestmark = pytest.mark.django_db

ENDLESS = """
WITH RECURSIVE steps(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM steps WHERE n < 1000000000)
SELECT count(*) FROM steps
"""


def run(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_question_without_end_is_cut_off_and_the_next_one_is_answered() -> None:
    with pytest.raises(QuestionTookTooLong) as refusal, time_limit(0.1):
        run(ENDLESS)
    assert refusal.value.status == 503
    assert run("SELECT 1") == (1,)


def test_limit_ends_with_its_question() -> None:
    with time_limit(0.05):
        run("SELECT 1")
    slow = ENDLESS.replace("1000000000", "300000")
    assert run(slow) == (300_000,)


def test_fault_that_is_no_time_out_stays_a_fault() -> None:
    class BrokenError(OperationalError):
        pass

    with pytest.raises(BrokenError), time_limit(1):
        raise BrokenError("disk I/O error")


def test_file_of_too_many_features_is_refused_and_leaves_nothing_behind(
    client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small_town()
    monkeypatch.setattr(files, "MOST_IN_FILE", 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    address = "/ogc/collections/premises/items?f=gpkg"
    refusal = client.get(address)
    assert refusal.status_code == 413
    assert "More than 10 features" in refusal.json()["description"]
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(files, "MOST_IN_FILE", 1_000)
    answer = client.get(address)
    assert len(b"".join(answer.streaming_content)) > 10_000
    answer.close()
    assert list(tmp_path.iterdir()) == []


def test_count_is_made_once_until_the_data_changes(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_town()
    monkeypatch.setattr(items, "counts", items.Counts())
    monkeypatch.setattr(items.glance, "clock", iter(range(1_000)).__next__)
    monkeypatch.setattr(items.glance, "seen", None)

    def counted(limit: int) -> int:
        page = client.get("/ogc/collections/premises/items", {"limit": limit}).json()
        found: int = page["numberMatched"]
        return found

    assert counted(2) == 26
    Premises.objects.filter(number="1").update(gone_at=WHEN)
    assert counted(3) == 26
    ImportRun.objects.create(
        uid="im-3",
        importer="osm",
        source="osm",
        file_name="c",
        file_digest="",
        began_at=WHEN,
        ended_at=WHEN,
    )
    assert counted(4) == 25
