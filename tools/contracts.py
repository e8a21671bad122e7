"""Our own import contract: a room is entered by its doors."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class RoomDoors(Contract):
    """Fails where a module imports another room's inside instead of its api, events or errors."""

    rooms = fields.SetField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())
    exempt_importers = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Walk every direct import and collect the trespasses."""
        rooms, doors = set(self.rooms), set(self.doors)  # type: ignore[call-overload]  # fields become sets
        exempt = set(self.exempt_importers or ())  # type: ignore[call-overload]  # fields become sets
        trespasses = sorted(
            (importer, imported)
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if (room := _room_of(imported, rooms))
            and _room_of(importer, rooms | exempt) not in {room, *exempt}
            and _first_name(imported, room) not in doors
        )
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each trespass and the way round."""
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(
                f"{importer} reaches into {imported}: use that room's api or events."
            )


def _room_of(module: str, rooms: set[str]) -> str | None:
    return next((room for room in rooms if module == room or module.startswith(f"{room}.")), None)


def _first_name(module: str, room: str) -> str:
    return module[len(room) + 1 :].partition(".")[0]
