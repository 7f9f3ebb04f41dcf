"""A tiny OpenID Connect provider on loopback, honest unless a test tells it to lie."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

# Where Authlib itself has its signatures from.
from authlib.integrations.base_client.async_openid import KeySet, jwt  # type: ignore[import-untyped]

CLIENT, SECRET = "youju", "s3cr3t"


class Provider:
    """What the provider knows, and the ways it can lie."""

    def __init__(self) -> None:
        self.issuer = ""
        self.keys = KeySet.generate_key_set("RSA", 2048, count=1)
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.metadata: dict[str, Any] = {}  # said of itself besides, or instead
        self.claims: dict[str, Any] = {}  # in the id token besides, or instead; None leaves one out
        self.token_status = 200
        self.requests: list[str] = []

    def authorize(self, address: str) -> dict[str, str]:
        """Sign somebody in who was sent to an address; return what their browser brings back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def discovery(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            **self.metadata,
        }

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Give a token for a code, once, to who knows the secret and the verifier; None to others."""
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or authorization != f"Basic {basic}"
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            return None
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "0001",
            "iat": moment,
            "exp": moment + 60,
            "nonce": asked["nonce"],
            "preferred_username": "张三",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(claims)}

    def sign(self, claims: dict[str, Any]) -> str:
        """Return claims as a token, signed as the test says."""
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        header = {"alg": self.algorithm, "kid": self.keys.keys[0].kid}
        signed: str = jwt.encode(header, claims, self.keys, algorithms=[self.algorithm])
        return signed


@contextmanager
def provider() -> Iterator[Provider]:
    """Run a provider."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.requests.append(self.path)
            if self.path.startswith("/.well-known/"):
                self.answer(made.discovery())
            else:
                self.answer(made.keys.as_dict(private=False))

        def do_POST(self) -> None:
            made.requests.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            given = made.token(form, self.headers.get("Authorization", ""))
            if given is None:
                self.answer({"error": "invalid_grant"}, 400)
            else:
                self.answer(given, made.token_status)

        def answer(self, body: dict[str, Any], status: int = 200) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
