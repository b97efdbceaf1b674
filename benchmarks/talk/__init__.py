"""The table of the talk that started this: nanoseconds per increment when it is called 1, 10, 100 and 1000 times."""
