"""The same models on Apache Spark."""
