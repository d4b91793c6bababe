"""What people read, as data: a file of texts per language, for the report and for commands."""
