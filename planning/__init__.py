"""What SQL cannot say: forecasting, projection, staffing, stock policy, sales capacity, hiring.

Belongs here: pure functions, Arrow tables in, Arrow tables out. Does not: I/O, a clock, Dagster, or any import of ours.
Next room: none calls in; orchestration/plan_steps.py hands tables over and writes the answers into the schema `planning`.
"""
