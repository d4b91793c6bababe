"""What predictions are worth on rows that a model was not fitted on."""
