"""The persona report: one HTML page that tells what a published file holds."""
