"""What SQL cannot say: scoring, matching, forecasting, routing, staffing, inventory, optimisation, commission.

Belongs here: pure functions, Arrow tables in, Arrow tables out. Does not: I/O, a clock, Dagster, or any import of ours.
Next room: none calls in; orchestration hands tables over and takes results back. Empty until the first model comes.
"""
