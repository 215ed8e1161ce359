"""The first words with a target: whether it is there, and, where nobody says it, which edition it follows."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from talonproof.emulator import serve
from talonproof.http.preflight import preflight
from talonproof.plugin import prepare
from talonproof.plugin.dry_key import planned_for
from talonproof.run.doctor.asking import WORKER, Asking
from talonproof.run.doctor.editions import look
from talonproof.run.doctor.evidence import LATER, How
from talonproof.run.effects import Seen
from talonproof.run.journal import Journal
from talonproof.run.looking import WORKER as EFFECTS
from talonproof.run.looking import look as look_for_effects
from talonproof.run.looking import seen_once


def arrive(setup: prepare.Setup) -> prepare.Setup:
    """The set-up as it is once the target has answered; what is sent is journalled, and counted in the origin.

    Reads and dry calls alone are sent, but where only a write tells a test key (:mod:`talonproof.plugin.dry_key`).
    Raises TargetError where nothing answers or the key is not accepted.
    """
    return planned_for(_answered(setup))


def _answered(setup: prepare.Setup) -> prepare.Setup:
    """The set-up once the target has answered, and shown its edition."""
    options = setup.options
    setup.folder.mkdir(parents=True, exist_ok=True)
    with closing(Journal(setup.folder, WORKER)) as journal:
        looks = preflight(
            setup.target,
            setup.keys,
            setup.contract,
            options.run,
            key=spoken_of(setup),
            on_intent=journal.intent,
            on_outcome=journal.outcome,
        )
        setup = replace(setup, origin=replace(setup.origin, looks=looks))
        if setup.origin.how is not How.ASSUMED or LATER not in setup.workspace.editions():
            return setup
        with Asking(
            setup.target,
            setup.keys,
            prepare.newest_contract(setup.workspace, setup.contract),
            options.run,
            limit=options.max_footprint,
            rate=options.rate,
            journal=journal,
        ) as asking:
            recognition = look(asking)
            return prepare.recognised(setup, recognition, looks + asking.sent)


def look_once(setup: prepare.Setup) -> Seen:
    """Which effects the target brings about: looked for by the first process of the run that has to know."""

    def look_now() -> Seen:
        worker = setup.name(EFFECTS)
        with (
            closing(Journal(setup.folder, EFFECTS)) as journal,
            Asking(
                setup.target,
                setup.keys,
                setup.contract,
                setup.options.run,
                limit=setup.options.max_footprint,
                rate=setup.options.rate,
                journal=journal,
                worker=worker,
            ) as asking,
        ):
            return look_for_effects(asking)

    return seen_once(setup.folder, look_now)


def spoken_of(setup: prepare.Setup) -> str:
    """What an error calls the key, where it is not the one of a variable."""
    return "the key of the default world" if setup.keys.live == serve.LIVE_KEY else ""
