"""How a column writes its dates, numbers and ids: decided once per file, from all its values.

Each module has a function that looks at the distinct values of a column and gives a
:class:`customer_personas.intake.formats.values.Reading`, the SQL that reads every value in the same
way, or raises :class:`customer_personas.intake.errors.IntakeError` where the values allow two
readings that differ.
"""
