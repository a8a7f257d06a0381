"""Exports -> raw tables: inbox, landing, strict decoding by contract, typed load with rejects, ledger entries.

Belongs here: everything between a dropped file and a typed raw table. Does not: any rule about what the data means.
Next room: dbt_project, which reads the schema `raw`.
"""
