"""Products: groups of products where a company has no categories."""

import customer_personas.single_thread  # noqa: F401
