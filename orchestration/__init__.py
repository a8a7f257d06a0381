"""Wires the rooms: Dagster definitions and the command `salesops`. Decides nothing about data.

Belongs here: assets, checks, jobs, schedules, sensors, resources, the command line. Does not: SQL, rules, formats, models.
Next room: none; it is the only one that imports all the others.
"""
