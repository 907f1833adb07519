"""An adapter that answers every check with "implicit_deny", and goes wrong in the way named on its command line.

Bad behaviour begins with the request whose action is `sts:GetCallerIdentity`, or at once where the way says so.
"""

import json
import os
import sys
import time

HELLO = {"schema": "veriam.protocol/1", "name": "bad", "version": "1"}


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def raw(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def hang():
    while True:
        time.sleep(3600)


def bad(way, request):
    answer = {"id": request["id"], "decision": "implicit_deny"}
    if way == "hangs":
        hang()
    elif way == "ends":
        print("fatal: out of luck, key is %s" % os.environ.get("TEST_SECRET_KEY"), file=sys.stderr)
        sys.exit(3)
    elif way == "garbage":
        raw(b"Traceback or whatever\n")
    elif way == "wrong-id":
        say({"id": "x" + request["id"], "decision": "allow"})
    elif way == "no-id":
        say({"decision": "allow"})
    elif way == "twice":
        line = json.dumps(answer) + "\n"
        raw((line + line).encode())
    elif way == "nonsense":
        say({"id": request["id"], "decision": "perhaps"})
    elif way == "two-members":
        say({"id": request["id"], "decision": "allow", "unsupported": "no"})
    elif way == "huge":
        for _ in range(100):
            raw(b"x" * (1 << 20))
        raw(b"\n")
    elif way == "not-utf8":
        raw(b'{"id":"\xff","decision":"allow"}\n')
    elif way == "half":
        raw(b'{"id":')
        sys.exit(0)
    elif way == "floods":
        for _ in range(200):
            sys.stderr.write("noise " * 2000)
        say(answer)
    elif way == "failed":
        say({"id": request["id"], "failed": "division by zero"})
    elif way == "child-hangs":
        # The process ends, what it started holds its pipes open.
        if os.fork() == 0:
            hang()
        os._exit(0)


def main():
    way = sys.argv[1]
    if way == "no-hello":
        hang()
    if way == "ends-at-once":
        sys.exit("no such model")
    if way == "garbage-first":
        raw(b"Welcome to bad 1.0\n")
        hang()
    if way == "other-version":
        say(dict(HELLO, schema="veriam.protocol/9"))
        hang()
    if way == "unknown-member":
        say(dict(HELLO, capabilities={"case": ["check"]}))
        hang()
    if way == "two-hellos":
        line = json.dumps(HELLO) + "\n"
        raw((line + line).encode())
        hang()
    if way == "closes-input":
        say(HELLO)
        sys.stdin.close()
        os.close(0)
        hang()
    say(HELLO)
    count = 0
    for line in sys.stdin:
        count += 1
        request = json.loads(line)
        if way == "ends-after-three" and count > 3:
            sys.exit(1)
        if way == "always-ends":
            sys.exit(1)
        if request["action"] == "sts:GetCallerIdentity" and way != "ends-after-three":
            bad(way, request)
        else:
            say({"id": request["id"], "decision": "implicit_deny"})


main()
