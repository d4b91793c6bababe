"""The rows that targets are learnt from: read, dealt into splits, their labels made classes."""
