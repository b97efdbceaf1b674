"""Shared by every test: nothing but the path set-up that pytest needs in this tree."""
