"""The command line: one file per command. Prints, decides nothing.

In: arguments.  Out: text on stdout (products) and stderr (diagnostics, progress), an exit code.
Must not know: what any stage does inside; a command asks the pipeline.
"""
