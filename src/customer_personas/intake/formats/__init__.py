"""How a column writes its dates, numbers and ids: decided once per file, from all its values.

Each module has one function that looks at the distinct values of a column and gives a
:class:`Reading`, the SQL that reads every value in the same way, or raises
:class:`customer_personas.intake.errors.IntakeError` where the values allow two readings that differ.
"""
