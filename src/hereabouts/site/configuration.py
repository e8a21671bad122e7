"""What an operator may set, read once from the environment and checked."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.text import N_
from hereabouts.sensing.adapters.connectors.hosts import HostRules
from hereabouts.sensing.adapters.mqtt.settings import (
    BUILT_IN,
    OFF,
    ListenerSettings,
    MqttSettings,
    read_broker,
    read_listening,
)
from hereabouts.site.address import SERVED, USUAL

PREFIX = "HEREABOUTS_"
SHORTEST_KEY = 50
"""Characters of a signing key; ours have 67."""


class BadConfiguration(Refusal):
    """A setting cannot be used as it stands."""

    code = "site.bad_configuration"
    message = N_("The setting {name} cannot be used: {reason}.")


def setting(default: str, meaning: str) -> str:
    """Declare one environment variable, its default and what it is for."""
    value: str = field(default=default, metadata={"meaning": meaning})
    return value


@dataclass(frozen=True)
class Configuration:
    """Every setting of an installation; each is read from `HEREABOUTS_<NAME>`."""

    home: str = setting("./var", "Folder of this installation: database, files and keys.")
    database_url: str = setting(
        "", "A PostgreSQL to use instead of the SQLite file: postgresql://user:word@host:port/name."
    )
    council: str = setting(
        "", "Folder with the council.toml to use; empty for `council` in the home folder, if there."
    )
    base_url: str = setting(
        "",
        "Address residents reach the site at, for links in e-mail and MQTT; empty for the "
        "server's own, in sign-in letters the request's. A separate worker needs it.",
    )
    allowed_hosts: str = setting(
        "localhost,127.0.0.1,[::1]", "Host names the site answers to, with commas between."
    )
    trusted_proxies: str = setting(
        "", "Addresses of proxies whose X-Forwarded headers are believed, with commas between."
    )
    secure_cookies: str = setting("auto", "yes, no, or auto: yes when base_url begins with https.")
    email_url: str = setting(
        "files",
        "How e-mail leaves: `files` (into the home folder), `console`, or smtp://user:word@host:port.",
    )
    email_from: str = setting("hereabouts@localhost", "Sender of the e-mail the site writes.")
    connector_hosts: str = setting(
        "",
        "Hosts that feeds may be fetched from, with commas between; http://host where there is no "
        "https, and an address for a host in your own network. Empty for none.",
    )
    worker: str = setting(
        "embedded", "Where reactions run: `embedded` in the server, or `separate` processes."
    )
    import_limit_gb: str = setting("8", "Largest file an importer opens, in gigabytes.")
    mqtt: str = setting(
        "builtin",
        "How sensors publish: `builtin` listener, `off`, or a broker to join instead: "
        "mqtt://user:word@host:port/client-id, or mqtts://.",
    )
    mqtt_listen: str = setting(
        "127.0.0.1:1883", "Host and port of the built-in listener; `off` keeps it closed."
    )
    mqtt_tls_certificate: str = setting(
        "", "Certificate of the built-in listener, with its chain; empty for none: in the clear."
    )
    mqtt_tls_key: str = setting("", "Private key of that certificate, where it is a file apart.")
    mqtt_authority: str = setting(
        "", "Certificates by which a broker is trusted; empty for those of the system."
    )
    mqtt_anonymous: str = setting(
        "yes", "Whether clients without a name may subscribe to open data: yes or no."
    )
    mqtt_announce: str = setting(
        "",
        "Topics on which a broker is told of open data, with commas between and (n) for every id; "
        "empty for all sets and entities, `off` for none.",
    )

    @property
    def home_path(self) -> Path:
        """The installation's folder, absolute."""
        return Path(self.home).expanduser().resolve()

    @property
    def database_path(self) -> Path:
        """The SQLite file, used when no `database_url` is set."""
        return self.home_path / "hereabouts.sqlite3"

    @property
    def council_path(self) -> Path | None:
        """The council's folder, or None where the neutral built-in council is used."""
        if self.council:
            return Path(self.council).expanduser().resolve()
        own = self.home_path / "council"
        return own if (own / "council.toml").exists() else None

    @property
    def uses_secure_cookies(self) -> bool:
        """Whether cookies are sent over HTTPS only."""
        if self.secure_cookies == "auto":
            return self.base_url.startswith("https:")
        return self.secure_cookies == "yes"

    @property
    def hosts(self) -> list[str]:
        """Host names the site answers to."""
        return [name.strip() for name in self.allowed_hosts.split(",") if name.strip()]

    def base_address(self, otherwise: str = "") -> str:
        """The site's address for links, without a slash behind; never empty.

        What the operator set, else where this process listens, else `otherwise`.
        """
        return (self.base_url or SERVED.address or otherwise or USUAL).rstrip("/")

    def mqtt_settings(self) -> MqttSettings:
        """Which doors of MQTT are open. Raises: BadConfiguration."""
        base = f"{self.base_address()}/sta/v1.1"
        try:
            if self.mqtt not in (BUILT_IN, OFF):
                return MqttSettings(
                    base, None, read_broker(self.mqtt, self.mqtt_announce, self.mqtt_authority)
                )
        except ValueError as fault:
            raise BadConfiguration(name=f"{PREFIX}MQTT", reason=str(fault)) from fault
        if self.mqtt == OFF or self.mqtt_listen == OFF:
            return MqttSettings(base)
        try:
            host, port = read_listening(self.mqtt_listen)
        except ValueError as fault:
            raise BadConfiguration(name=f"{PREFIX}MQTT_LISTEN", reason=str(fault)) from fault
        certificate, key = self.mqtt_tls_certificate, self.mqtt_tls_key
        return MqttSettings(
            base,
            ListenerSettings(
                host,
                port,
                Path(certificate) if certificate else None,
                Path(key) if key else None,
                self.mqtt_anonymous == "yes",
            ),
        )

    def secret_key(self) -> str:
        """The signing key, made on first use and kept in the home folder, readable by us alone."""
        path = self.home_path / "keys" / "secret_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_key(path)
        key = path.read_text().strip()
        if len(key) < SHORTEST_KEY:
            raise BadConfiguration(name=str(path), reason="it holds no key; remove the file")
        return key


def _make_key(path: Path) -> None:
    """Write a key whole or not at all; whoever comes second uses the first one's."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(file.name)


def from_environment(environment: Mapping[str, str]) -> Configuration:
    """Read the settings.

    Raises: BadConfiguration when one has a value it cannot have.
    """
    known = {f"{PREFIX}{entry.name.upper()}": entry.name for entry in fields(Configuration)}
    found = {name: environment[key] for key, name in known.items() if environment.get(key)}
    configuration = Configuration(**found)
    _check(configuration, "secure_cookies", ("auto", "yes", "no"))
    _check(configuration, "worker", ("embedded", "separate"))
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", configuration.import_limit_gb):
        raise BadConfiguration(name=f"{PREFIX}IMPORT_LIMIT_GB", reason="it is not a number")
    _check_addresses(configuration)
    _check(configuration, "mqtt_anonymous", ("yes", "no"))
    _check_connector_hosts(configuration)
    configuration.mqtt_settings()
    return configuration


def _check_connector_hosts(configuration: Configuration) -> None:
    try:
        HostRules(configuration.connector_hosts)
    except ValueError as fault:
        raise BadConfiguration(name=f"{PREFIX}CONNECTOR_HOSTS", reason=str(fault)) from fault


def _check_addresses(configuration: Configuration) -> None:
    if configuration.database_url:
        database_from_url(configuration.database_url)
    if configuration.email_url not in ("files", "console"):
        name = f"{PREFIX}EMAIL_URL"
        if not configuration.email_url.startswith(("smtp:", "smtps:")):
            raise BadConfiguration(name=name, reason="it has to be files, console or smtp://…")
        _split(configuration.email_url, name)
    if configuration.base_url and _split(
        configuration.base_url, f"{PREFIX}BASE_URL"
    ).scheme not in ("http", "https"):
        reason = "it has to begin with https:// or http://"
        raise BadConfiguration(name=f"{PREFIX}BASE_URL", reason=reason)


def _split(address: str, name: str) -> SplitResult:
    """The parts of an address. Raises: BadConfiguration where a part cannot be one."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as fault:
        raise BadConfiguration(name=name, reason=str(fault).rstrip(".").lower()) from fault
    return parts


def _check(configuration: Configuration, name: str, allowed: tuple[str, ...]) -> None:
    if getattr(configuration, name) not in allowed:
        reason = f"it has to be one of {', '.join(allowed)}"
        raise BadConfiguration(name=f"{PREFIX}{name.upper()}", reason=reason)


def database_from_url(address: str) -> dict[str, object]:
    """Django's database entry for a PostgreSQL address.

    A folder for the socket is given as `?host=`. Raises: BadConfiguration for another scheme.
    """
    parts = _split(address, f"{PREFIX}DATABASE_URL")
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadConfiguration(
            name=f"{PREFIX}DATABASE_URL", reason="it does not begin with postgresql://"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(options.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def sqlite_database(path: Path) -> dict[str, object]:
    """Django's database entry for the embedded default.

    Immediate transactions, so that two writers queue instead of failing half-way; a checkpoint
    every 64 MiB, because imports write in bulk.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        # A file, like the real one: a database in memory knows no waiting between writers.
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-16384;"
                "PRAGMA mmap_size=268435456"
            ),
        },
    }
