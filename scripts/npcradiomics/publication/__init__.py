"""What people read: tables, figures and pages, each a function of tables that are published beside it; nothing is
computed here. Comes in: tables and records of the other rooms. Goes out: files.
"""
