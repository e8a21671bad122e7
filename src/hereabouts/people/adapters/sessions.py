"""Django's session engine over our own table: keys kept as digests, people and devices shown.

Named in the settings as `SESSION_ENGINE`, which asks for a class called `SessionStore`.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from hereabouts.kernel.time import now
from hereabouts.people.actions import sessions
from hereabouts.people.actions.tidy import tidy
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.records import SessionRow, Visit
from hereabouts.people.queries import find_session_content, is_session_kept

Content = dict[str, object]
DEVICE = "visit_device"
NETWORK = "visit_network"
PERSON = "_auth_user_id"


class SessionStore(SessionBase):
    """One browser's session, read on first use and written when it changed."""

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with this key."""
        return is_session_kept(digest_of(session_key))

    def load(self) -> Content:
        """The session's content; empty, with the key forgotten, where there is none."""
        content = find_session_content(digest_of(self.session_key or ""), now())
        if content is None:
            self._session_key = None
            return {}
        found: Content = self.decode(content)
        return found

    def create(self) -> None:
        """Begin a new session under a new key."""
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # left out of the stubs
        while not self._open():
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # left out of the stubs
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the session.

        Raises: CreateError where the key is taken; UpdateError where it was ended meanwhile.
        """
        if self.session_key is None:
            self.create()
        elif must_create:
            if not self._open():
                raise CreateError
        elif not sessions.keep_session(self._row()):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """End this session, or the one with the key."""
        key = session_key or self.session_key
        if key:
            sessions.end_session(digest_of(key))

    @classmethod
    def clear_expired(cls) -> None:
        """Throw expired sessions away."""
        tidy()

    def _open(self) -> bool:
        return sessions.open_session(self._row(must_create=True))

    def _row(self, must_create: bool = False) -> SessionRow:
        content: Content = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # left out of the stubs
        key = content.get(PERSON)
        return SessionRow(
            digest=digest_of(self.session_key or ""),
            content=self.encode(content),
            person_key=int(str(key)) if key is not None else None,
            visit=Visit(str(content.get(DEVICE, "")), str(content.get(NETWORK, ""))),
            expires_at=now() + timedelta(seconds=self.get_expiry_age()),
        )
