"""People and event types at Cal.com, as one key sees them."""

from functools import cached_property

from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import NotFound, Unauthorized
from integrations.calcom.line import Line
from integrations.calcom.types import EventType, Member, Team


class Catalogue:
    """Each list is fetched once, when it is first needed; one request each, so that a salon of thirty
    stylists does not use up a minute's budget. Everything raises ``CalendarError``.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._personal: dict[int, dict[int, EventType]] = {}
        self.closed_teams: list[Team] = []

    @cached_property
    def me(self) -> Member:
        """Whose key it is."""
        return self._line.call(Client.me, priority=Priority.LOOKUP)

    @cached_property
    def teams(self) -> list[Team]:
        return self._line.call(Client.teams, priority=Priority.LOOKUP)

    @cached_property
    def members(self) -> list[Member]:
        """Whose key it is, and everybody of their teams, each once. Teams that do not show their
        members to this key are in ``closed_teams``.
        """
        found = {self.me.user_id: self.me}
        for team in self.teams:
            for member in self._members_of(team):
                found.setdefault(member.user_id, member)
        return list(found.values())

    def _members_of(self, team: Team) -> list[Member]:
        try:
            return self._line.call(lambda client: client.members(team.id), priority=Priority.LOOKUP)
        except Unauthorized:
            self.closed_teams.append(team)
            return []

    @cached_property
    def of_teams(self) -> dict[int, EventType]:
        """Shared event types, managed parents and their children among them."""
        return {each.id: each for team in self.teams for each in self._event_types_of(team)}

    def _event_types_of(self, team: Team) -> list[EventType]:
        return self._line.call(lambda client: client.team_event_types(team.id), priority=Priority.LOOKUP)

    def of_host(self, user_id: int) -> dict[int, EventType]:
        """A user's own event types. Empty for somebody whom this key does not see."""
        if user_id not in self._personal:
            member = next((each for each in self.members if each.user_id == user_id), None)
            self._personal[user_id] = self._own(member) if member else {}
        return self._personal[user_id]

    def _own(self, member: Member) -> dict[int, EventType]:
        mine = member.user_id == self.me.user_id
        username = None if mine else member.username
        if not mine and not username:
            return {}
        found = self._line.call(lambda client: client.event_types(username), priority=Priority.LOOKUP)
        return {each.id: each for each in found}

    def find(self, event_type_id: int, *, user_id: int | None) -> EventType | None:
        """None: Cal.com does not know it, or hides it from this key.

        The teams' lists come first: only they say what is a managed parent (incident E6).
        """
        lists = [self.of_teams] if user_id is None else [self.of_teams, self.of_host(user_id)]
        for known in lists:
            if event_type_id in known:
                return known[event_type_id]
        try:
            return self._line.call(lambda client: client.event_type(event_type_id), priority=Priority.LOOKUP)
        except NotFound:
            return None
