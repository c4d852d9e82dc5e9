"""Entry of leakline's agent, which runs inside the interpreter that is measured.

    python agent.py --task TASK.json      one scenario, in this process
    python agent.py --server SERVER.json  a fork server, one child per scenario

Runs on CPython 2.7 and 3.9 to 3.14. See protocol.ts for the files and messages.
"""
import sys


def main(arguments):
    """Reads the arguments and hands over; the folder of the agent leaves sys.path first."""
    mode, path = arguments
    if mode == '--server':
        from leakline_agent.server import serve as run
    else:
        from leakline_agent.task import run_file as run
    # A scenario must not find this folder before its own modules.
    del sys.path[0]
    return run(path)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
