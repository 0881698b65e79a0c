"""No secret of any source of credentials shows in --debug, which logs every request and answer on the way to them."""
import base64
import hashlib
import http.server
import json
import os
import pty
import re
import select
import subprocess
import threading
import time
import urllib.parse

import harness

EXPIRES = "2099-01-01T00:00:00Z"
# Everything that must not be seen. None is a substring of another; all but the MFA code as long as real ones.
SECRETS = {name: f"{name}+/{hashlib.sha256(name.encode()).hexdigest()}" for name in (
    "StaticSecret", "StaticToken", "IssuedSecret", "IssuedToken", "WebIdentityToken", "SsoAccess", "SsoRefresh", "SsoClient", "SsoRenewed",
    "ContainerAuth", "MetadataToken", "ProxyPassword", "ExternalId")}
SECRETS["MfaCode"] = "918273"


class Everything(http.server.BaseHTTPRequestHandler):
    """STS, the SSO portal, its token service, a container's agent, EC2's metadata, and a Lambda that knows no alias."""
    protocol_version = "HTTP/1.1"

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.seen.append((self.command + " " + self.path, dict(self.headers), body))
        secret, token = SECRETS["IssuedSecret"], SECRETS["IssuedToken"]
        keys = {"AccessKeyId": "ASIAISSUED", "SecretAccessKey": secret, "Token": token, "Expiration": EXPIRES}
        if "Action=AssumeRole" in body:
            self.send(200, f"<R><Credentials><AccessKeyId>ASIAISSUED</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}"
                           f"</SessionToken><Expiration>{EXPIRES}</Expiration></Credentials></R>")
        elif self.path == "/token":
            self.send(200, json.dumps({"accessToken": SECRETS["SsoRenewed"], "expiresIn": 3600, "refreshToken": SECRETS["SsoRefresh"]}))
        elif self.path.startswith("/federation/"):
            self.send(200, json.dumps({"roleCredentials": {"accessKeyId": "ASIAISSUED", "secretAccessKey": secret, "sessionToken": token,
                                                           "expiration": 4070908800000}}))
        elif self.path == "/latest/api/token":
            self.send(200, SECRETS["MetadataToken"])
        elif self.path.endswith("/security-credentials/"):
            self.send(200, "runner")
        elif "/security-credentials/" in self.path or self.path == "/container":
            self.send(200, json.dumps(keys))
        else:
            self.send(404, '{"Message": "no such alias"}')
    do_GET = do_POST = do_PUT = do_CONNECT = do

    def send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        pass


def spellings(secret):
    """The secret, percent-encoded and in base64, and both halves of it: what is cut is still half a secret."""
    yield secret
    yield urllib.parse.quote(secret, safe="")
    yield base64.b64encode(secret.encode()).decode()[:-4]
    if len(secret) > 30:
        yield secret[:len(secret) // 2]
        yield secret[len(secret) // 2:]


class DebugSecrets(harness.Case):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Everything)
        self.server.daemon_threads = True
        self.server.seen = []
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.env.update(AWS_ENDPOINT_URL=self.endpoint, AWS_REGION="eu-west-1")
        self.write("smokegate.json", {"functions": {"f": {"name": "f"}}, "environments": [{"name": "dev"}], "testcases": ["*.cases.json"]})

    def config(self, text):
        self.write(".aws/config", text)

    def check(self, shown, source, *used):
        """The source won, its request or answer went over the wire, `used` among it; nothing of any secret is shown."""
        self.assertIn(f"credentials: {source}", shown)
        signed = [h for _, h, _ in self.server.seen if "aws4_request" in h.get("authorization", "") + h.get("Authorization", "")]
        self.assertTrue(signed)
        wire = repr(self.server.seen)
        for name in used:
            self.assertTrue(any(s in wire for s in spellings(SECRETS[name])), f"{name} was not used: the test shows nothing")
        for name, secret in SECRETS.items():
            for spelt in spellings(secret):
                self.assertNotIn(spelt, shown, name)
        self.assertNotRegex(shown, r"Signature=[0-9a-f]")
        for headers in signed:  # nor does the signature itself, wherever
            self.assertNotIn(re.search(r"Signature=([0-9a-f]+)", headers.get("authorization") or headers["Authorization"])[1], shown)

    def status(self, source, *used, **env):
        out, err = self.smokegate("status", "--debug", code=3, env=env)
        self.check(out + err, source, *used)
        return out + err

    STATIC = {"AWS_ACCESS_KEY_ID": "AKIASTATIC", "AWS_SECRET_ACCESS_KEY": SECRETS["StaticSecret"], "AWS_SESSION_TOKEN": SECRETS["StaticToken"]}
    KEYS = (f"[profile keys]\naws_access_key_id = AKIASTATIC\naws_secret_access_key = {SECRETS['StaticSecret']}\n"
            f"aws_session_token = {SECRETS['StaticToken']}\n")

    def test_environment(self):
        self.status("environment", "StaticToken", **self.STATIC)

    def test_profile(self):
        self.config(self.KEYS)
        self.status("profile keys", "StaticToken", AWS_PROFILE="keys")

    def test_role(self):
        self.config(self.KEYS + "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
                                f"external_id = {SECRETS['ExternalId']}\n")
        self.status("role r by profile keys", "StaticToken", "IssuedToken", "ExternalId", AWS_PROFILE="role")

    def test_web_identity(self):
        token = self.write("token", SECRETS["WebIdentityToken"] + "\n")
        self.status("role r by web identity", "WebIdentityToken", "IssuedToken", AWS_WEB_IDENTITY_TOKEN_FILE=token,
                    AWS_ROLE_ARN="arn:aws:iam::123456789012:role/r")

    def test_sso_with_refresh(self):
        self.config("[default]\nsso_session = dev\nsso_account_id = 333333333333\nsso_role_name = Deployer\n"
                    "[sso-session dev]\nsso_region = eu-central-1\nsso_start_url = https://d-1.awsapps.com/start\n")
        self.write(f".aws/sso/cache/{hashlib.sha1(b'dev').hexdigest()}.json",
                   {"accessToken": SECRETS["SsoAccess"], "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": SECRETS["SsoRefresh"],
                    "clientId": "client", "clientSecret": SECRETS["SsoClient"], "registrationExpiresAt": EXPIRES})
        self.status("profile default (SSO role Deployer)", "SsoRefresh", "SsoClient", "SsoRenewed", "IssuedToken")

    def test_container(self):
        self.status("container", "ContainerAuth", "IssuedToken", AWS_CONTAINER_CREDENTIALS_FULL_URI=self.endpoint + "/container",
                    AWS_CONTAINER_AUTHORIZATION_TOKEN=SECRETS["ContainerAuth"])

    def test_instance(self):
        self.status("EC2 instance role runner", "MetadataToken", "IssuedToken", AWS_EC2_METADATA_DISABLED="",
                    AWS_EC2_METADATA_SERVICE_ENDPOINT=self.endpoint)

    def test_credential_process(self):
        keys = {"Version": 1, "AccessKeyId": "ASIAISSUED", "SecretAccessKey": SECRETS["IssuedSecret"], "SessionToken": SECRETS["IssuedToken"]}
        self.config(f"[default]\ncredential_process = cat {self.write('keys.json', keys)}\n")
        self.status("profile default (credential_process)", "IssuedToken")

    def test_mfa(self):
        self.config(self.KEYS + "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
                                "mfa_serial = arn:aws:iam::123456789012:mfa/me\n")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(harness.SMOKEGATE, [harness.SMOKEGATE, "status", "--debug"], {**self.env, "AWS_PROFILE": "role"})
        shown, until, answered = b"", time.monotonic() + 60, False
        while time.monotonic() < until:
            try:
                if not select.select([terminal], [], [], 1)[0]:
                    continue
                shown += os.read(terminal, 4096)
            except OSError:  # the other side is closed
                break
            if b"MFA code" in shown and shown.endswith(b": ") and not answered:
                os.write(terminal, SECRETS["MfaCode"].encode() + b"\n")
                answered = True
        os.close(terminal)
        os.waitpid(pid, 0)
        self.check(shown.decode(), "role r by profile keys", "MfaCode", "IssuedToken")

    def test_proxy_password(self):
        password = urllib.parse.quote(SECRETS["ProxyPassword"], safe="")
        proxy = self.endpoint.replace("://", f"://me:{password}@")
        out, err = self.smokegate("status", "--debug", "--endpoint", "https://lambda.nowhere.invalid", code=3,
                                  env={**self.STATIC, "HTTPS_PROXY": proxy, "AWS_MAX_ATTEMPTS": "1"})
        basic = base64.b64encode(f"me:{SECRETS['ProxyPassword']}".encode()).decode()
        self.assertIn(basic, repr(self.server.seen))
        self.assertNotIn(basic, out + err)
        for spelt in spellings(SECRETS["ProxyPassword"]):
            self.assertNotIn(spelt, out + err)


if __name__ == "__main__":
    harness.main()
