"""The service without its transport: one request in, one answer out.

Everything here blocks and runs in a thread; batches and the wire both come through `answer`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from django.db import InterfaceError, OperationalError

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.adapters.sta.arrays import create_observations
from hereabouts.sensing.adapters.sta.calls import Call
from hereabouts.sensing.adapters.sta.reading import answer_read
from hereabouts.sensing.adapters.sta.replies import (
    METHODS,
    InternalFault,
    MethodNotHere,
    Reply,
    preflight,
    refused,
)
from hereabouts.sensing.adapters.sta.root import answer_root
from hereabouts.sensing.adapters.sta.threads import DatabaseAway
from hereabouts.sensing.adapters.sta.writing import answer_delete, answer_post, answer_update
from hereabouts.sensing.domain.grants import NOBODY
from hereabouts.sensing.errors.keys import CredentialsNeeded

CREATE_OBSERVATIONS = "CreateObservations"
WRITING = frozenset({"POST", "PATCH", "PUT", "DELETE"})

log = logging.getLogger(__name__)


def answer(call: Call) -> Reply:
    """The answer to a request, whatever happens."""
    began = time.perf_counter()
    try:
        return handle(call)
    except Refusal as refusal:
        return refused(refusal)
    except (OperationalError, InterfaceError) as fault:
        log.warning("database_away path=%s fault=%s", call.path, fault)
        return refused(DatabaseAway())
    except Exception:
        # The edge: whatever broke is noted, and the caller told no more than that.
        log.exception("sta_failed method=%s path=%s", call.method, call.path)
        return refused(InternalFault())
    finally:
        took = time.perf_counter() - began
        if took > call.settings.slow_seconds:
            log.warning("sta_was_slow ms=%d method=%s path=%s", took * 1000, call.method, call.path)


def handle(call: Call) -> Reply:
    """The answer to a request. Raises: refusals."""
    path = call.path.strip("/")
    if call.method == "OPTIONS":
        return preflight()
    if not path:
        return answer_root(call)
    if call.method in WRITING and call.grant == NOBODY:
        raise CredentialsNeeded
    if path == CREATE_OBSERVATIONS:
        if call.method != "POST":
            raise MethodNotHere(method=call.method, allowed="POST, OPTIONS")
        return create_observations(call)
    handler = _HANDLERS.get(call.method)
    if handler is None:
        raise MethodNotHere(method=call.method, allowed=METHODS)
    return handler(call)


_HANDLERS: Mapping[str, Callable[[Call], Reply]] = {
    "GET": answer_read,
    "HEAD": answer_read,
    "POST": answer_post,
    "PATCH": answer_update,
    "PUT": answer_update,
    "DELETE": answer_delete,
}
