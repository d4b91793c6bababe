"""What is held on a customer: told on request, and erased on request."""
