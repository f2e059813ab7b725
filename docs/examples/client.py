"""A client of the portal's API in the standard library alone: safe to call again, whatever happens to the connection.

portal = Portal("https://portal.example", "the key", signing="the signing secret, if the key has one")
done = portal.finished(portal.post("clearing/generations", {"year": 2025, "insurance": "001", "agency": "003"}))
for row in portal.rows("clearing/rows", year=2025): ...
"""

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

AGAIN = {409: ("idempotency-in-progress",), 429: ("too-many-requests",), 503: ()}


class Refused(Exception):
    """The portal's answer to a call it did not carry out: `problem` is problem+json (RFC 9457)."""

    def __init__(self, problem):
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}")
        self.problem = problem


class Portal:
    def __init__(self, address, key, *, signing="", tries=6, pause=1.0):
        self.address, self.key, self.signing = address.rstrip("/"), key, signing
        self.tries, self.pause = tries, pause

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))[0]

    def post(self, path, body, key=""):
        """Carry out once: keep `key` with your own record, and use it again after a crash of yours."""
        found, headers = self.call("POST", path, body, {"Idempotency-Key": key or str(uuid.uuid4())})
        return {**found, "location": headers.get("Location", "")} if isinstance(found, dict) else found

    def rows(self, path, **query):
        """Every row of a list, page after page."""
        found = self.get(path, **query)
        while True:
            yield from found["items"]
            if not found["next"]:
                return
            found = self.call("GET", found["next"])[0]

    def finished(self, accepted, seconds=600, every=2.0):
        """What came of a call that was answered with 202: wait until it is certain, never send it again."""
        until = time.monotonic() + seconds
        operation = self.call("GET", accepted["location"])[0]
        while operation.get("is_live") and time.monotonic() < until:
            time.sleep(every)
            operation = self.call("GET", accepted["location"])[0]
        return operation

    def call(self, method, path, body=None, headers=None):
        """The answer and its headers. A lost connection is no answer: the same call goes again under the same key."""
        url = urllib.parse.urljoin(f"{self.address}/api/v1/", path)
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        for left in range(self.tries - 1, -1, -1):
            sent = {"Authorization": f"Api-Key {self.key}", "Content-Type": "application/json", **(headers or {})}
            if self.signing:
                sent["X-Portal-Signature"] = self.signature(method, url, content)
            request = urllib.request.Request(url, content or None, sent, method=method)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or b"null"), answer.headers
            except urllib.error.HTTPError as error:
                problem = json.loads(error.read() or b"{}")
                if not left or not (problem.get("code") in AGAIN.get(error.code, ()) or error.code == 503):
                    raise Refused(problem) from None
                time.sleep(float(error.headers.get("Retry-After") or self.pause))
            except OSError:
                if not left:
                    raise
                time.sleep(self.pause)
        raise AssertionError("unreachable")

    def signature(self, method, url, content):
        moment, nonce = str(int(time.time())), secrets.token_hex(16)
        path = url[len(urllib.parse.urljoin(url, "/")) - 1 :]
        said = f"{moment}.{nonce}.{method}.{path}.".encode() + content
        mac = hmac.new(self.signing.encode(), said, lambda *data: hashlib.new("sm3", *data))
        return f"t={moment},n={nonce},sm3={mac.hexdigest()}"
