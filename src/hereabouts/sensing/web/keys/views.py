"""Which devices hold a key: all of them, a new one, and the end of one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from hereabouts.design.api import render_page, sentence_of
from hereabouts.kernel.access import Actor, PersonId, actor_of, requires
from hereabouts.kernel.time import now
from hereabouts.people.api import names_of
from hereabouts.sensing.actions.keys import CONNECT, NEEDED, create_key, revoke_key
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import SCOPE_NAMES, KeyCard, KeyScope
from hereabouts.sensing.errors.keys import BadKey
from hereabouts.sensing.queries.keys import list_keys, names_of_targets
from hereabouts.sensing.web.keys.forms import LEVEL_NAMES, KeyForm

SHOWN_TARGETS = 5


def _offered(actor: Actor) -> list[DataClass]:
    return [level for level in DataClass if level not in NEEDED or actor.may(NEEDED[level])]


@requires(CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """All keys, and the form for a new one; its secret is shown once, in the answer itself."""
    actor = actor_of(request)
    form = KeyForm(request.POST or None, offered=_offered(actor))
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = create_key(form.draft(), actor=actor)
        except BadKey as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            form = KeyForm(offered=_offered(actor))
    context = {"form": form, "secret": secret, "keys": _rows(list_keys())}
    return render_page(request, "sensing/keys/desk.html", context)


@requires(CONNECT)
@require_POST
def revoke(request: HttpRequest, uid: str) -> HttpResponse:
    """Stop a key at once."""
    revoke_key(uid, actor=actor_of(request))
    messages.success(request, gettext("The key is revoked."))
    return HttpResponseRedirect(reverse("sensing_keys:desk"))


def _rows(cards: list[KeyCard]) -> list[dict[str, object]]:
    moment = now()
    people = names_of({PersonId(card.made_by) for card in cards if card.made_by})
    targets = names_of_targets(cards)
    return [
        {
            "card": card,
            "is_live": card.is_live(moment),
            "reach": _reach(card, targets),
            "reads": LEVEL_NAMES[card.level],
            "made_by": people.get(PersonId(card.made_by)) or gettext("The operator"),
        }
        for card in cards
    ]


def _reach(card: KeyCard, targets: dict[tuple[KeyScope, int], str]) -> str:
    if card.scope is KeyScope.ALL:
        return gettext(SCOPE_NAMES[card.scope])
    shown = [
        targets.get((card.scope, key), gettext("one that is gone"))
        for key in card.target_ids[:SHOWN_TARGETS]
    ]
    left = len(card.target_ids) - len(shown)
    if left > 0:
        shown.append(gettext("and %(count)s more") % {"count": left})
    return "; ".join(shown)
