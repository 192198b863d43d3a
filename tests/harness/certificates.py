"""Keys and certificates for tests, made by openssl when they are needed."""

import base64
import json
import pathlib
import subprocess

SERVER_NAME = "IP:127.0.0.1"


def openssl(*arguments, text=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=text, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.certificate = self.folder / "ca.pem"
        self._key = self.folder / "ca.key"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self._key, "-out", self.certificate, "-days", "2",
                "-subj", f"/CN={self.folder.name}")
        # What `openssl ca`, alone in setting any begin and end, wants to keep.
        (self.folder / "index").touch()
        (self.folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=it\n[it]\ndatabase={self.folder}/index\nnew_certs_dir={self.folder}\nrand_serial=yes\ndefault_md=sha256\n"
            f"policy=any\nunique_subject=no\nx509_extensions=server\n[any]\ncommonName=supplied\n[server]\nsubjectAltName={SERVER_NAME}\n")

    def issue(self, name, begins="20200101000000Z", ends="20990101000000Z", password=None):
        """A certificate for a server here, and its key: NAME.pem and NAME.key, and both in NAME.both.pem."""
        key, request, certificate = (self.folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        secret = ["-passout", f"pass:{password}"] if password else ["-nodes"]
        openssl("req", "-newkey", "rsa:2048", *secret, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        openssl("ca", "-batch", "-notext", "-config", self.folder / "ca.cnf", "-cert", self.certificate, "-keyfile", self._key,
                "-startdate", begins, "-enddate", ends, "-in", request, "-out", certificate)
        both = self.folder / f"{name}.both.pem"
        both.write_text(key.read_text() + certificate.read_text())
        return both


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """An RSA key that signs JSON web tokens (RS256)."""

    def __init__(self, path):
        self._path = path
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path)

    def public(self):
        """The key as JSON Web Key Sets have it."""
        modulus = openssl("rsa", "-in", self._path, "-noout", "-modulus").decode().strip().split("=")[1]
        return {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}

    def sign(self, claims):
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one"}, claims)]
        text = ".".join(parts)
        return text + "." + base64url(openssl("dgst", "-sha256", "-sign", self._path, text=text.encode()))
