"""What does a call cost, and how far is that from the least it could cost?"""
