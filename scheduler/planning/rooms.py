"""Which rooms are free when: one bit a slot, one integer a room and day."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta

from scheduler.planning.problem import Commitment
from scheduler.timeline import DAY, ZONE, local
from scheduler.venues import Room, Venue


class VenueRooms:
    """The rooms of one venue, smallest first, with the slots that each has free."""

    def __init__(self, venue: Venue, commitments: Iterable[Commitment], grid: timedelta) -> None:
        self.venue = venue
        self.rooms: Sequence[Room] = sorted(venue.rooms, key=lambda room: (room.seats, room.room_id))
        self._grid = grid
        self._slots = DAY // grid
        opens, closes = (
            timedelta(hours=clock.hour, minutes=clock.minute) for clock in (venue.opens, venue.closes)
        )
        first, last = -(-opens // grid), closes // grid
        self._open = ((1 << last) - 1) & ~((1 << first) - 1)
        self._taken: list[dict[date, int]] = [{} for _ in self.rooms]
        numbers = {room.room_id: number for number, room in enumerate(self.rooms)}
        for blocked in venue.blocked:
            for number in range(len(self.rooms)) if blocked.room_id is None else [numbers[blocked.room_id]]:
                self._take_time(number, Commitment("", "", blocked.start, blocked.end))
        for commitment in commitments:
            if commitment.room_id in numbers:
                self._take_time(numbers[commitment.room_id], commitment)

    def fitting(self, seats: int, equipment: frozenset[str]) -> tuple[int, ...]:
        """The numbers of the rooms with that many seats and that equipment, smallest first."""
        rooms = enumerate(self.rooms)
        return tuple(number for number, room in rooms if room.seats >= seats and room.equipment >= equipment)

    def free(self, number: int, day: date) -> int:
        """The free slots of a room on a day, as bits."""
        return self._open & ~self._taken[number].get(day, 0)

    def starts(self, number: int, day: date, length: int) -> int:
        """The slots, as bits, from which the room is free for `length` slots."""
        bits, have = self.free(number, day), 1
        while have < length:
            step = min(have, length - have)
            bits &= bits >> step
            have += step
        return bits

    def toggle(self, number: int, day: date, start: int, length: int) -> None:
        """Take the slots if they are free, give them back if they are taken."""
        days = self._taken[number]
        days[day] = days.get(day, 0) ^ (((1 << length) - 1) << start)

    def _take_time(self, number: int, taken: Commitment) -> None:
        """Take every slot that the interval touches."""
        start, end = taken.start.astimezone(ZONE), taken.end.astimezone(ZONE)
        day = start.date()
        while (midnight := local(day, time())) < end:
            first = max(start - midnight, timedelta()) // self._grid
            last = -(-min(end - midnight, DAY) // self._grid)
            days = self._taken[number]
            days[day] = days.get(day, 0) | (((1 << last) - 1) & ~((1 << first) - 1))
            day += DAY
