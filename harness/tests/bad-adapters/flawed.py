"""An adapter around `veriam decide --protocol` with one flaw: it takes checks only, and never sees one member of them.

    flawed.py VERIAM MEMBER [MARKER]

With a marker, a file that is not there, it dies after a hundred requests, once it has made the file.
"""

import json
import os
import subprocess
import sys

veriam, member, marker = (sys.argv[1:] + [None])[:3]
judge = subprocess.Popen([veriam, "decide", "--protocol"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
hello = json.loads(judge.stdout.readline())
hello.update(name="flawed", capabilities={"cases": ["check"]})
print(json.dumps(hello), flush=True)
for count, line in enumerate(sys.stdin):
    if marker and count == 100 and not os.path.exists(marker):
        open(marker, "w").close()
        sys.exit("out of memory")
    check = json.loads(line)
    check[member] = [] if isinstance(check[member], list) else None
    judge.stdin.write(json.dumps(check) + "\n")
    judge.stdin.flush()
    print(judge.stdout.readline(), end="", flush=True)
