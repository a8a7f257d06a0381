"""State and its guards: folders, configuration, DuckDB sessions, lock, clock, ledger.

Belongs here: what every room needs to find, open, lock and remember things. Does not: any decision about data.
Next room: none; everybody may import this one and it imports none of ours.
"""
