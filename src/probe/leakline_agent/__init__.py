"""What runs inside the measured interpreter.

The modules import as little as they can: under valgrind each import of the standard library
costs tens of milliseconds, and in exit mode what it leaves behind is part of the floor.
"""

# How the agent ends when it did not run to its end; protocol.ts names the same numbers.
EXIT_EXCEPTION = 1
EXIT_BAD_TASK = 3
EXIT_PRELOAD_FAILED = 4
EXIT_THREADS = 5
