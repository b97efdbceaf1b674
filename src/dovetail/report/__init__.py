"""Reports for people: what was bound and what was not.

In: a plan.  Out: text.  Must not know: headers, files, terminals.
"""
