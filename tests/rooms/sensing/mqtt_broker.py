"""Mosquitto as tests start it: settings, passwords and access list are the documented ones."""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hereabouts.kernel.time import now

PASSWORDS = {"hub": "hub-word", "meter": "meter-word", "gateway": "gateway-word"}
DEVICES = """
user meter
topic write in/v1.1/Observations

user gateway
topic write in/v3/+/devices/+/up
topic write in/application/+/device/+/event/up
"""
OTHERS = """
topic read v1.1/#

user hub
topic read in/#
topic read v3/+/devices/+/up
topic read application/+/device/+/event/up
topic write v1.1/#
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Broker:
    """A Mosquitto with a listener for devices, which has a mount point, and one for all others."""

    folder: Path
    uses_tls: bool = False
    port: int = field(default_factory=free_port)
    devices_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def configuration(self) -> str:
        tls = f"certfile {self.folder}/server.pem\nkeyfile {self.folder}/server.key\n"
        return f"""
user root
per_listener_settings true
persistence true
persistence_location {self.folder}/
autosave_interval 1
autosave_on_changes true
max_inflight_messages 0
max_queued_messages 100000

listener {self.devices_port} 127.0.0.1
mount_point in/
allow_anonymous false
password_file {self.folder}/passwords
acl_file {self.folder}/devices
{tls if self.uses_tls else ""}

listener {self.port} 127.0.0.1
allow_anonymous true
password_file {self.folder}/passwords
acl_file {self.folder}/others
{tls if self.uses_tls else ""}
"""

    def prepare(self) -> None:
        (self.folder / "devices").write_text(DEVICES)
        (self.folder / "others").write_text(OTHERS)
        words = self.folder / "passwords"
        words.touch(mode=0o600)
        for user, word in PASSWORDS.items():
            subprocess.run(["mosquitto_passwd", "-b", words, user, word], check=True)
        if self.uses_tls:
            make_certificate(self.folder / "server.pem", self.folder / "server.key")
        (self.folder / "mosquitto.conf").write_text(self.configuration())

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [program, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log
        )
        log.close()
        deadline = time.monotonic() + 10
        for port in (self.port, self.devices_port):
            while not _listens(port):
                if time.monotonic() > deadline:
                    raise AssertionError((self.folder / "log").read_text())
                time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def broker(folder: Path, *, uses_tls: bool = False) -> Iterator[Broker]:
    """A running Mosquitto."""
    found = Broker(folder, uses_tls)
    found.prepare()
    found.start()
    try:
        yield found
    finally:
        found.stop()


def make_certificate(certificate: Path, key: Path) -> None:
    """A certificate for localhost that signs itself."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    moment = now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - dt.timedelta(days=1))
        .not_valid_after(moment + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def publish(port: int, *arguments: str, user: str = "meter", word: str = "") -> int:
    """Publish with `mosquitto_pub`; its exit code."""
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port)]
    command += ["-u", user, "-P", word or PASSWORDS.get(user, "")]
    return subprocess.run([*command, *arguments], timeout=20, capture_output=True).returncode
