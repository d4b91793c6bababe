"""Reads the landing folder of the ``files`` system: finds files, decides their formats, reads them.

A file goes through these steps, each a module of its own:

``folder``      which files there are, and which entity each belongs to
``mapping``     what mapping.yml says about names, units and formats
``parts``       the files, and what archives and workbooks hold; a packed one is unpacked
``limits``      what a file may take at most
``encodings``   which encoding a file is in
``headers``, ``layouts``, ``json_layouts``, ``workbooks``
                where a table begins, and how one of another layout becomes CSV or JSON lines
``csv_files``, ``json_files``, ``parquet_files``
                a file becomes a table of texts, as received; what cannot be read is kept aside
``columns``     which column of the file is which canonical column
``expressions`` columns that the mapping computes from others
``formats``     how a column writes its dates, numbers and ids, decided from all its values
``landing``     all of it for one entity, as a relation
"""

from customer_personas.intake.errors import IntakeError

__all__ = ["IntakeError"]
