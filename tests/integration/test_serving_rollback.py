"""Going back to an earlier version, and out of a damaged one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from serving import snapshots
from serving.publish import current, history, rollback
from tests.integration.serving_builds import build_number, publish_number, versions
from warehouse.errors import PublishError, StateError


def test_rollback_goes_back_one_version_at_a_time_and_forward_by_name(tmp_path: Path) -> None:
    for number in range(1, 4):
        publish_number(tmp_path, number)
    serving = tmp_path / "serving"
    newest = current(serving)
    assert newest is not None
    assert rollback(serving).version[:6] == "000002"
    assert build_number(serving) == 2
    assert rollback(serving).version[:6] == "000001"
    with pytest.raises(PublishError, match="no earlier version"):
        rollback(serving)
    assert versions(history(serving)) == ["000003", "000002", "000001"]
    assert rollback(serving, to=newest.version).version == newest.version
    assert build_number(serving) == 3
    assert not (serving / "staging").exists()


def test_a_publication_after_a_rollback_has_a_new_number_and_the_served_version_is_never_pruned(tmp_path: Path) -> None:
    for number in range(1, 4):
        publish_number(tmp_path, number)
    serving = tmp_path / "serving"
    rollback(serving)
    assert publish_number(tmp_path, 4).version[:6] == "000004"
    rollback(serving, to=history(serving)[-1].version)
    with snapshots.publish_lock(serving):
        assert [name[:6] for name in snapshots.prune(serving, keep=1)] == ["000003", "000002"]
    assert versions(history(serving)) == ["000004", "000001"]


def test_rollback_refuses_unknown_served_and_damaged_versions(tmp_path: Path) -> None:
    for number in range(1, 3):
        publish_number(tmp_path, number)
    serving = tmp_path / "serving"
    with pytest.raises(PublishError, match="There is no version 000009-x"):
        rollback(serving, to="000009-x")
    served = current(serving)
    assert served is not None
    with pytest.raises(PublishError, match="is the one that is served"):
        rollback(serving, to=served.version)
    old = snapshots.snapshot_file(serving, history(serving)[-1].version)
    old.chmod(0o644)
    with duckdb.connect(str(old)) as connection:
        connection.execute("UPDATE core.dim_user SET user_name = 'forged' WHERE user_name LIKE '%7%'")
    with pytest.raises(PublishError, match=r"core\.dim_user differs"):
        rollback(serving)
    old.write_bytes(b"rubbish" * 1000)
    with pytest.raises(StateError, match="cannot be read"):
        rollback(serving)
    assert build_number(serving) == 2


def test_a_damaged_served_file_is_named_and_repaired_by_rollback_or_publication(tmp_path: Path) -> None:
    for number in range(1, 4):
        publish_number(tmp_path, number)
    serving = tmp_path / "serving"
    served = serving / "current.duckdb"
    served.chmod(0o644)
    served.write_bytes(b"rubbish" * 1000)  # its hard link in snapshots/ is damaged with it
    with pytest.raises(StateError, match=r"current\.duckdb.*--rollback"):
        current(serving)
    assert rollback(serving).version[:6] == "000002"
    served.chmod(0o644)
    served.write_bytes(b"rubbish" * 1000)
    assert publish_number(tmp_path, 4).version[:6] == "000004"
    assert build_number(serving) == 4
