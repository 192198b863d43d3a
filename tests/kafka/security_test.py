"""The daemon over a broker that wants TLS and SASL: every way in, and what it says where it is not let in.

    security_test.py [unittest options]
"""

import base64
import concurrent.futures
import http.server
import json
import pathlib
import threading
import time
import unittest
import urllib.parse

from certificates import Authority, Signer
from harness import Daemon, Sandbox, run_tests
from kafka import Kafka

CUSTOMERS = 20
PASSWORD = "right-password"
CLIENT_SECRET = "right/secret&more"
KEY_PASSWORD = "key-password"
AUDIENCE = "kafka"
JAVA = "-Xms128m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
# Mechanisms, and what the broker knows users by.
PLAIN = {"PLAIN": f'plain.PlainLoginModule required user_trueup="{PASSWORD}"'}
SCRAM = {mechanism: "scram.ScramLoginModule required" for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")}
OAUTHBEARER = {"OAUTHBEARER": "oauthbearer.OAuthBearerLoginModule required"}
world = None  # made by prepare


class TokenService(http.server.ThreadingHTTPServer):
    """Gives tokens to the client "trueup"; what it gives under /forged nobody has signed who may."""

    def __init__(self, signer, forger):
        super().__init__(("127.0.0.1", 0), Answer)
        self.signers = {"/token": signer, "/forged": forger}
        self.given = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = Answer.basic("trueup", CLIENT_SECRET)
        if form != {"grant_type": ["client_credentials"], "scope": ["kafka"]} or self.headers["Authorization"] != known:
            return self.answer(401, {"error": "invalid_client", "error_description": "unknown client or wrong secret"})
        now = int(time.time())
        claims = {"sub": "trueup", "aud": AUDIENCE, "scope": "kafka", "iat": now, "exp": now + 600}
        self.server.given += 1
        return self.answer(200, {"access_token": self.server.signers[self.path].sign(claims), "token_type": "bearer", "expires_in": 600})

    @staticmethod
    def basic(user, password):
        text = ":".join(urllib.parse.quote(part, safe="") for part in (user, password))
        return "Basic " + base64.b64encode(text.encode()).decode()

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


class TestWorld:
    """A broker with a listener for each kind of security, an older one for SCRAM (by which Debian's librdkafka cannot sign in at Kafka 4),
    and the sandbox."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.sandbox = Sandbox(folder, CUSTOMERS)
        self.authority = Authority(self.folder / "authority")
        self.stranger = Authority(self.folder / "stranger")
        self.authority.issue("client", password=KEY_PASSWORD)
        signer = Signer(self.folder / "signer.key")
        self.tokens = TokenService(signer, Signer(self.folder / "forger.key"))
        keys = self.folder / "jwks.json"
        keys.write_text(json.dumps({"keys": [signer.public()]}))
        self.good = self.authority.issue("broker")
        self.kafka = Kafka(self.folder / "kafka", users={"trueup": PASSWORD},
                           listeners={"TLS": "SSL", "MUTUAL": "SSL", "EXPIRED": "SSL", "SECURE": "SASL_SSL"},
                           properties=self.tls_properties() | self.sasl_properties(PLAIN | SCRAM | OAUTHBEARER) | self.token_properties(keys.as_uri()),
                           java=f"{JAVA} -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={keys.as_uri()}")
        self.older = Kafka(self.folder / "older", version="3.9.1", users={"trueup": PASSWORD}, listeners={"SECURE": "SASL_SSL"},
                           properties=self.sasl_properties(SCRAM))

    def tls_properties(self):
        expired = self.authority.issue("expired", begins="20200101000000Z", ends="20200201000000Z")
        return {"ssl.truststore.type": "PEM", "ssl.truststore.location": self.authority.certificate,
                "listener.name.tls.ssl.keystore.location": self.good,
                "listener.name.mutual.ssl.keystore.location": self.good,
                "listener.name.mutual.ssl.client.auth": "required",
                "listener.name.expired.ssl.keystore.location": expired}

    def sasl_properties(self, modules):
        properties = {"ssl.keystore.type": "PEM", "listener.name.secure.ssl.keystore.location": self.good,
                      "listener.name.secure.sasl.enabled.mechanisms": ",".join(modules)}
        for mechanism, module in modules.items():
            properties[f"listener.name.secure.{mechanism.lower()}.sasl.jaas.config"] = f"org.apache.kafka.common.security.{module};"
        return properties

    @staticmethod
    def token_properties(keys):
        common = "org.apache.kafka.common.security.oauthbearer."
        prefix = "listener.name.secure.sasl."
        return {"listener.name.secure.oauthbearer.sasl.server.callback.handler.class": common + "OAuthBearerValidatorCallbackHandler",
                # Without it a broker of 4.1 does not look at signatures.
                prefix + "oauthbearer.jwt.validator.class": common + "BrokerJwtValidator",
                prefix + "oauthbearer.jwks.endpoint.url": keys,
                prefix + "oauthbearer.expected.audience": AUDIENCE}

    def daemon(self, name, listener, properties, secrets=None, kafka=None):
        """A trueup that comes by the listener; it trusts the authority unless the properties say otherwise. Secrets come from files."""
        daemon = Daemon(self.folder, self.sandbox, name)
        lines = [f"log:\n  type: kafka\n  brokers: ['{(kafka or self.kafka).listener(listener)}']\n  instance: one\n  prefix: {name}.",
                 "  partitions: 1\n  replication: 1\n  min_insync: 1\n  properties:"]
        lines += [f"    {key}: '{value}'" for key, value in ({"ssl.ca.location": "../authority/ca.pem"} | properties).items()]
        if secrets:
            lines.append("  secrets:")
        for key, value in (secrets or {}).items():
            (daemon.folder / key).write_text(value)
            lines.append(f"    {key}: {{file: {key}}}")
        with open(daemon.config, "a") as file:
            file.write("\n".join(lines) + "\n")
        return daemon

    def by_password(self, name, mechanism, password=PASSWORD, kafka=None):
        properties = {"security.protocol": "SASL_SSL", "sasl.mechanism": mechanism, "sasl.username": "trueup"}
        return self.daemon(name, "SECURE", properties, {"sasl.password": password}, kafka)

    def by_token(self, name, secret=CLIENT_SECRET, path="/token"):
        properties = {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.method": "oidc",
                      "sasl.oauthbearer.client.id": "trueup", "sasl.oauthbearer.scope": "kafka",
                      "sasl.oauthbearer.token.endpoint.url": self.tokens.url(path), "sasl.oauthbearer.extensions": "team=ops"}
        return self.daemon(name, "SECURE", properties, {"sasl.oauthbearer.client.secret": secret})

    def by_certificate(self, name, key_password=KEY_PASSWORD):
        properties = {"security.protocol": "SSL", "ssl.certificate.location": "../authority/client.pem", "ssl.key.location": "../authority/client.key"}
        return self.daemon(name, "MUTUAL", properties, {"ssl.key.password": key_password})

    def by_tls(self, name, listener="TLS", **properties):
        return self.daemon(name, listener, {"security.protocol": "SSL"} | {key.replace("_", "."): value for key, value in properties.items()})


def place(daemon, name):
    """Where its config sets a property: file:line:column."""
    for number, line in enumerate(daemon.config.read_text().splitlines(), 1):
        if line.strip().startswith(name + ":"):
            return f"{daemon.config}:{number}:{len(line) - len(line.lstrip()) + 1}"
    raise AssertionError(f"{daemon.config} does not set {name}")


class SecurityTest(unittest.TestCase):
    def assert_no_secret(self, text):
        for secret in (PASSWORD, CLIENT_SECRET, KEY_PASSWORD, urllib.parse.quote(CLIENT_SECRET, safe=""), "wrong-password", "wrong-secret"):
            self.assertNotIn(secret, text)

    def test_it_works_by_every_way_in(self):
        ways = [world.by_tls("tls"), world.by_certificate("mutual"), world.by_password("plain", "PLAIN"),
                world.by_token("token"),
                world.by_password("scram256", "SCRAM-SHA-256", kafka=world.older), world.by_password("scram512", "SCRAM-SHA-512", kafka=world.older)]
        for daemon in ways:
            with self.subTest(daemon.folder.name):
                daemon.run("run", "--once")
                self.assertGreater(len(daemon.lines("accounts")), CUSTOMERS / 2)
                self.assertEqual(daemon.digest(), ways[0].digest())
                self.assert_no_secret(daemon.log_path.read_text())
        self.assertGreater(world.tokens.given, 0)

    def test_who_is_not_let_in_hears_why_and_where_to_mend_it(self):
        cases = [
            (world.by_password("wrong-plain", "PLAIN", "wrong-password"), "sasl.password", "Invalid username or password"),
            (world.by_password("wrong-scram", "SCRAM-SHA-512", "wrong-password", world.older), "sasl.password", "invalid credentials"),
            (world.by_password("scram-at-4", "SCRAM-SHA-256"), "sasl.mechanism", "cannot sign in by SCRAM at Kafka 4"),
            (world.by_password("not-enabled", "PLAIN", kafka=world.older), "sasl.mechanism", "Unsupported"),
            (world.by_token("wrong-client", "wrong-secret"), "sasl.oauthbearer.client.secret", "unknown client or wrong secret"),
            (world.by_token("forged", path="/forged"), "sasl.oauthbearer.token.endpoint.url", "invalid_token"),
            (world.by_tls("stranger", ssl_ca_location="../stranger/ca.pem"), "ssl.ca.location", "unable to get local issuer certificate"),
            (world.by_tls("expired", "EXPIRED"), "ssl.ca.location", "certificate has expired"),
            (world.by_tls("nobody", "MUTUAL"), "ssl.ca.location", "bad certificate"),
        ]
        with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
            outcomes = list(pool.map(lambda case: case[0].call("run", "--once"), cases))
        for (daemon, name, why), outcome in zip(cases, outcomes):
            with self.subTest(daemon.folder.name):
                self.assertEqual(outcome.code, 1, outcome)
                self.assertIn(why, outcome.error)
                self.assertIn(f"{name} is set in {place(daemon, name)}", outcome.error)
                self.assert_no_secret(outcome.out + outcome.error)

    def test_what_is_wrong_with_the_properties_is_said_before_anything_is_asked(self):
        cases = [
            (world.by_tls("typo", ssl_ca_lokation="x"), "ssl.ca.lokation", "No such configuration property"),
            (world.by_tls("no-file", ssl_ca_location="nowhere.pem"), "ssl.ca.location", "No such file"),
            (world.by_certificate("wrong-key", "wrong-password"), "ssl.key.location", "bad decrypt"),
            (world.by_password("no-mechanism", "ROT13"), "type", "ROT13"),
        ]
        for daemon, name, why in cases:
            for command in (("check",), ("run", "--once")):
                with self.subTest(f"{daemon.folder.name} {command[0]}"):
                    outcome = daemon.call(*command)
                    self.assertEqual(outcome.code, 2, outcome)
                    self.assertIn(f"{place(daemon, name)}: error: ", outcome.out + outcome.error)
                    self.assertIn(why, outcome.out + outcome.error)
                    self.assert_no_secret(outcome.out + outcome.error)


def prepare(folder):
    global world
    world = TestWorld(folder)
    for kafka in (world.kafka, world.older):
        unittest.addModuleCleanup(kafka.stop)
    return world


if __name__ == "__main__":
    run_tests(prepare)
