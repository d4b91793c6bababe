"""Customer personas: from raw customer records to published persona marts."""
