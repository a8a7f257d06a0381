"""Publish and read: the build file -> served snapshots, and every way to get numbers out of them.

Belongs here: write, audit, publish; rollback; queries and their output formats. Does not: deciding whether data is good (the
gate's verdict says so) or changing it. Next room: none; people and BI tools read what lies here.
"""
