"""nginx as a reverse proxy that speaks https, with a certificate of an authority made for the test."""

import os
import re
import shutil
import signal
import ssl
import subprocess
import time
from pathlib import Path

from loop_programs.process import start_process
from programs import ROOT

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
[GUIDES] = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/self-hosting.md").read_text(), re.DOTALL)  # a Loop at /loop/
CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{}}
http {{
access_log {folder}/access.log;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{site}
}}
"""


def site_at(path, *directives):
    """What a person writes for farm.example, in front of a Loop at 127.0.0.1:8000."""
    lines = "\n".join(f"        {directive};" for directive in directives)
    return f"""server {{
    listen 443 ssl;
    server_name farm.example;
    ssl_certificate     /etc/ssl/farm.example.pem;
    ssl_certificate_key /etc/ssl/farm.example.key;
    location {path} {{
{lines}
    }}
}}"""


class Proxy:
    """nginx with all its files in `folder`. `site` is the configuration of https://farm.example in front of a Loop at 127.0.0.1:8000, in
    whose place are this name, address and port, and the Loop's port."""

    def __init__(self, folder, site, loop_port, name, port, address="127.0.0.1"):
        self.folder, self.port = Path(folder), port
        self.folder.mkdir()
        make_certificate(self.folder, name)
        for words, here in {"listen 443": f"listen {address}:{port}", "/etc/ssl/farm.example.pem": f"{folder}/server.pem",
                            "/etc/ssl/farm.example.key": f"{folder}/server.key", "server_name farm.example": f"server_name {name}",
                            "127.0.0.1:8000": f"127.0.0.1:{loop_port}"}.items():
            assert words in site
            site = site.replace(words, here)
        user = "user root;" if os.geteuid() == 0 else ""
        self.folder.joinpath("nginx.conf").write_text(CONFIGURATION.format(user=user, folder=folder, site=site))
        self.tls = ssl.create_default_context(cafile=self.authority)
        self.process = None

    @property
    def authority(self):
        """The certificate of its authority."""
        return self.folder / "ca.pem"

    def log_text(self):
        return self.folder.joinpath("error.log").read_text()

    def start(self):
        command = [NGINX, "-p", self.folder, "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"]
        self.process = start_process(command, death_signal=signal.SIGTERM, stderr=subprocess.DEVNULL)  # which ends its workers, too
        deadline = time.monotonic() + 30
        while not self.folder.joinpath("nginx.pid").exists():  # written once it listens
            assert self.process.poll() is None, f"nginx ended with {self.process.returncode}:\n{self.log_text()}"
            assert time.monotonic() < deadline, f"nginx does not start:\n{self.log_text()}"
            time.sleep(0.02)
        return self

    def __enter__(self):
        return self if self.process else self.start()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def make_certificate(folder, name):
    """ca.pem, the certificate of an authority; server.pem and server.key, which it vouches for as `name`."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=The tests' authority",
            "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={name}")
    folder.joinpath("names").write_text(f"subjectAltName=DNS:{name}\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem",
            "-days", "2", "-extfile", "names")
