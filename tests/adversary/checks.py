"""What honest people must still have after any attack."""

from tests.unit.room.people import Person, agreed, never_lost, until
from volly_browser.room.events import OtherConversation


async def still_together(*people: Person) -> None:
    """They are in one group, never were without keys, and each hears each."""
    await until(lambda: agreed(*people))
    for person in people:
        await person.room.send_text(f"{person.name} is here")
    await until(lambda: all(hears_all(person, people) for person in people))
    for person in people:
        assert never_lost(person), f"{person.name} was without keys: {person.states}"
        assert not person.gaps


def hears_all(person: Person, people: tuple[Person, ...]) -> bool:
    """Whether each of the others told a member once that it is there."""
    others = [other for other in people if other is not person]
    return all(person.texts.count((other.name, f"{other.name} is here")) == 1 for other in others)


def was_told_of_others(person: Person) -> bool:
    """Whether a user was asked about another conversation."""
    return any(isinstance(event, OtherConversation) for event in person.happened)
