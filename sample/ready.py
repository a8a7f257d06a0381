"""Objects that are small enough to be written down whole at once, instead of in parts when an export asks for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from sample.archive import Versions
from sample.draws import Ints


def ready(
    source: str, name: str, seen: Ints, columns: Mapping[str, pa.StringArray], record: Ints | None = None, full: bool = False
) -> Versions:
    """Versions whose rows are known already.

    Args:
        source, name: as in Versions.
        seen: day on which each row becomes visible.
        columns: the text of every row, by header.
        record: the record that each row is a version of; default: every row is a record of its own.
        full: as in Versions.
    """
    table = pa.table(dict(columns))
    records = np.arange(table.num_rows, dtype=np.int64) if record is None else record
    return Versions(source, name, records, seen, lambda which: table.take(pa.array(which)).combine_chunks(), full=full)
