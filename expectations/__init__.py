"""Great Expectations on DuckDB: the suites of every layer, the gate and the Data Docs.

Belongs here: what has to be true of the data, and how a person reads which part is not. Does not: keys, relationships and
identities (dbt tests hold those), or publishing itself. Next room: serving, which refuses a verdict that is not the build's.
"""

import os

# Great Expectations reads this when it is imported, which happens only in modules of this package: no telemetry leaves.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
