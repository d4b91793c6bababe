"""Features: how the columns of a table become the inputs of a model, sampled and watched."""
