"""What does a binding cost to make: generator and compiler time, memory, size, and time to import?"""
