"""An adapter around `veriam decide --protocol` with one flaw: it takes checks only, and never sees one member of them.

    flawed.py VERIAM MEMBER
"""

import json
import subprocess
import sys

veriam, member = sys.argv[1:]
judge = subprocess.Popen([veriam, "decide", "--protocol"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
hello = json.loads(judge.stdout.readline())
hello.update(name="flawed", capabilities={"cases": ["check"]})
print(json.dumps(hello), flush=True)
for line in sys.stdin:
    check = json.loads(line)
    check[member] = [] if isinstance(check[member], list) else None
    judge.stdin.write(json.dumps(check) + "\n")
    judge.stdin.flush()
    print(judge.stdout.readline(), end="", flush=True)
