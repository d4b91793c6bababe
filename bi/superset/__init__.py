"""Dashboards as code: what Superset imports, and how it runs on this machine."""
