"""Signers that nobody here wrote against the sandbox's NetSuite: oauthlib (OAuth 1.0a) and PyJWT (PS256 to PS512, ES256 to ES512). What they sign it takes, and what was
changed afterwards, is stale or comes twice it refuses, each for its own reason.

    signers_test.py [unittest options]      needs TRUEUP_SANDBOX_BINARY and TRUEUP_SOURCE_DIR"""

import json
import random
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from packages import go_on_within

go_on_within("oauthlib", "4.0.1", "PyJWT==2.15.1", "cryptography")

# Only there, and only now.
import jwt
import oauthlib.oauth1
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from harness import Sandbox, run_tests

CUSTOMERS = 60
SUITEQL = "/services/rest/query/v1/suiteql"
TOKEN = "/services/rest/auth/oauth2/v1/token"
COUNT = json.dumps({"q": "SELECT COUNT(*) AS n FROM customer"})
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 3600
# Characters that signers and servers are known to write in different ways.
ODD = "aZ09 +&=%/?-._~!*'()äß€,;:@"
world = None  # made by prepare


class TestWorld:
    def __init__(self, folder):
        self.sandbox = Sandbox(folder, CUSTOMERS)
        self.url = self.sandbox.urls["netsuite"]
        self.customers = self.sandbox.truth()["rows"]["netsuite/customer"]

    def secret(self, name):
        return (self.sandbox.secrets / ("netsuite_" + name)).read_text()


def call(target, body, headers):
    """Status and parsed body of a POST, whatever comes of it."""
    request = urllib.request.Request(target, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())


def query(authorization, target=SUITEQL):
    return call(world.url + target, COUNT, {"Authorization": authorization, "Content-Type": "application/json", "Prefer": "transient"})


class OAuth1(unittest.TestCase):
    def sign(self, target=SUITEQL, method="POST", url=None, **changes):
        options = {"client_key": world.secret("consumer_key"), "client_secret": world.secret("consumer_secret"),
                   "resource_owner_key": world.secret("token_id"), "resource_owner_secret": world.secret("token_secret"),
                   "realm": world.secret("account"), "signature_method": oauthlib.oauth1.SIGNATURE_HMAC_SHA256}
        client = oauthlib.oauth1.Client(**options | changes)
        _, headers, _ = client.sign((url or world.url) + target, method, COUNT, {"Content-Type": "application/json"})
        return headers["Authorization"]

    def assert_taken(self, authorization, target=SUITEQL):
        status, answer = query(authorization, target)
        self.assertEqual(status, 200, (target, answer))
        self.assertEqual(answer["items"][0]["n"], str(world.customers))

    def assert_refused(self, authorization, reason, target=SUITEQL):
        status, answer = query(authorization, target)
        self.assertEqual(status, 401, (target, reason, answer))
        self.assertEqual(answer["o:errorDetails"][0]["o:errorCode"], "INVALID_LOGIN")
        self.assertIn(reason, answer["o:errorDetails"][0]["detail"])

    def test_a_signed_request(self):
        self.assert_taken(self.sign())
        self.assert_taken(self.sign(SUITEQL + "?limit=2&offset=0"), SUITEQL + "?limit=2&offset=0")

    def test_any_parameters(self):
        seed = random.SystemRandom().randrange(1 << 32)
        chance = random.Random(seed)
        print(f"seed {seed}", flush=True)
        for _ in range(100):
            word = lambda: "x" + "".join(chance.choices(ODD, k=chance.randrange(6)))
            names = [word() for _ in range(chance.randrange(1, 5))]
            # A name may stand twice, and a value may be empty.
            pairs = [(name, chance.choice((word(), ""))) for name in names + names[:chance.randrange(2)]]
            quote = chance.choice((urllib.parse.quote, urllib.parse.quote_plus))
            target = SUITEQL + "?" + urllib.parse.urlencode(pairs, quote_via=quote)
            self.assert_taken(self.sign(target), target)

    def test_what_was_changed_afterwards(self):
        target = SUITEQL + "?limit=2&offset=0"
        self.assert_refused(self.sign(target), "Wrong signature", SUITEQL + "?limit=2&offset=2")
        self.assert_refused(self.sign(target), "Wrong signature", target + "&more=1")
        self.assert_refused(self.sign(target), "Wrong signature")
        self.assert_refused(self.sign(target, method="GET"), "Wrong signature", target)
        self.assert_refused(self.sign(target, url="http://127.0.0.1:1"), "Wrong signature", target)
        signed = self.sign()
        at = signed.index('oauth_signature="') + len('oauth_signature="')
        self.assert_refused(signed[:at] + ("A" if signed[at] != "A" else "B") + signed[at + 1:], "Wrong signature")
        self.assert_refused(signed.replace('oauth_version="1.0"', 'oauth_version="1.1"'), "Wrong signature")

    def test_keys_that_it_does_not_know(self):
        for change, reason in (({"client_secret": "no"}, "Wrong signature"), ({"resource_owner_secret": "no"}, "Wrong signature"),
                               ({"client_key": "no"}, "Unknown consumer key"), ({"resource_owner_key": "no"}, "Unknown token"),
                               ({"realm": "7654321"}, "Wrong realm"),
                               ({"signature_method": oauthlib.oauth1.SIGNATURE_HMAC_SHA1}, "Unsupported signature method"),
                               ({"signature_method": oauthlib.oauth1.SIGNATURE_PLAINTEXT}, "Unsupported signature method")):
            self.assert_refused(self.sign(**change), reason)

    def test_a_request_that_comes_twice(self):
        signed = self.sign()
        self.assert_taken(signed)
        self.assert_refused(signed, "Nonce used before")
        # One that was refused has used nothing up.
        self.assert_refused(self.sign(nonce="onlyonce1", client_secret="no"), "Wrong signature")
        self.assert_taken(self.sign(nonce="onlyonce1"))

    def test_a_clock_that_is_wrong(self):
        for minutes in (-6, 6):
            self.assert_refused(self.sign(timestamp=str(int(time.time()) + 60 * minutes)), "Stale timestamp")
        for minutes in (-4, 4):
            self.assert_taken(self.sign(timestamp=str(int(time.time()) + 60 * minutes)))


class Assertion(unittest.TestCase):
    """OAuth 2.0 with an assertion: the token, and what it is good for."""

    def claims(self, **changes):
        now = int(time.time())
        claims = {"iss": world.secret("client_id"), "scope": ["rest_webservices"], "aud": world.url + TOKEN, "iat": now, "exp": now + LONGEST}
        return claims | changes

    def sign(self, algorithm, claims=None, key=None, kid=None):
        name = {"ES256": "ec", "ES384": "ec384", "ES512": "ec521"}.get(algorithm, "rsa")
        kid = kid or world.secret(name + "_certificate_id")
        return jwt.encode(claims or self.claims(), key or world.secret(name + "_key.pem"), algorithm=algorithm, headers={"kid": kid})

    def ask(self, assertion, **changes):
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion} | changes
        return call(world.url + TOKEN, urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def assert_refused(self, error, assertion, **changes):
        status, answer = self.ask(assertion, **changes)
        self.assertEqual((status, answer), (400, {"error": error}))

    def test_a_signed_assertion(self):
        for algorithm in ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512"):
            status, answer = self.ask(self.sign(algorithm))
            self.assertEqual(status, 200, (algorithm, answer))
            # Numbers are texts here, as the real one has them.
            self.assertEqual((answer["expires_in"], answer["token_type"]), ("3600", "bearer"))
            status, answer = query("Bearer " + answer["access_token"])
            self.assertEqual((status, answer["items"][0]["n"]), (200, str(world.customers)), algorithm)

    def test_algorithms_that_it_does_not_take(self):
        for algorithm in ("RS256", "RS384", "RS512"):
            self.assert_refused("invalid_client", self.sign(algorithm))
        secret = "a secret of thirty-two characters and more"
        self.assert_refused("invalid_client", self.sign("HS256", key=secret))
        unsigned = jwt.encode(self.claims(), None, algorithm="none", headers={"kid": world.secret("rsa_certificate_id")})
        self.assert_refused("invalid_request", unsigned)

    def test_keys_that_it_does_not_know(self):
        others = {"PS256": rsa.generate_private_key(public_exponent=65537, key_size=2048), "ES256": ec.generate_private_key(ec.SECP256R1())}
        for algorithm, key in others.items():
            self.assert_refused("invalid_client", self.sign(algorithm, key=key))
            self.assert_refused("invalid_client", self.sign(algorithm, kid="no"))
        self.assert_refused("invalid_client", self.sign("PS256", kid=world.secret("ec_certificate_id")))
        self.assert_refused("invalid_client", self.sign("ES256", kid=world.secret("rsa_certificate_id")))

    def test_what_was_changed_afterwards(self):
        for algorithm in ("PS256", "ES256"):
            head, _, signature = self.sign(algorithm).split(".")
            other = self.sign(algorithm, self.claims(scope=["restlets"])).split(".")[1]
            self.assert_refused("invalid_client", f"{head}.{other}.{signature}")
            self.assert_refused("invalid_request", f"{head}.{other}.")
            self.assert_refused("invalid_request", f"{head}.{other}")

    def test_claims_that_are_wrong(self):
        now = int(time.time())
        for changes in ({"iss": "no"}, {"aud": "https://elsewhere.example" + TOKEN}, {"aud": world.url}, {"iat": now - LONGEST - 60, "exp": now - 60},
                        {"exp": now + LONGEST + 60}, {"iat": now + 600, "exp": now + 1200}):
            self.assert_refused("invalid_grant", self.sign("ES256", self.claims(**changes)))

    def test_what_is_asked_for(self):
        self.assert_refused("unsupported_grant_type", self.sign("ES256"), grant_type="authorization_code")
        self.assert_refused("invalid_request", self.sign("ES256"), client_assertion_type="jwt")

    def test_tokens_end(self):
        _, answer = self.ask(self.sign("ES256"))
        world.sandbox.control("expire-tokens?system=netsuite")
        status, refused = query("Bearer " + answer["access_token"])
        self.assertEqual((status, refused["o:errorDetails"][0]["o:errorCode"]), (401, "INVALID_LOGIN"))


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
