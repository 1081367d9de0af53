"""Who at Cal.com is which stylist: certain, proposed, asked, and never anybody else's calendar."""

import pytest

from integrations.calcom.types import Member
from integrations.mapping import names
from integrations.mapping.hosts import Match, Person, Verdict, match

EMMA = Person(1, "Emma Keller", "emma@morgenrot.example")
JONAS = Person(2, "Jonas Brandt", "jonas@morgenrot.example")


def user(pk: int, name: str, email: str | None = None) -> Member:
    address = f"user{pk}@elsewhere.example" if email is None else email
    return Member(user_id=pk, name=name, email=address, username=f"user{pk}")


EMMAS = user(101, "E. K.", "Emma@Morgenrot.example")


def only(people: list[Person], users: list[Member], **facts: object) -> Match:
    """The first person's match."""
    return match(people, users, **facts).matches[0]  # type: ignore[arg-type]


class TestNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Müller", "mueller"),
            ("Müller", "Muller"),
            ("Emma Keller", "  KELLER,  Emma "),
            ("Jörg Weiß", "Joerg Weiss"),
            ("Zoë Šimić", "Zoe Simic"),
        ],
    )
    def test_one_name_in_two_spellings(self, one: str, other: str) -> None:
        assert names.same(one, other)

    @pytest.mark.parametrize(("one", "other"), [("", ""), ("Emma Keller", "Emma"), ("Jonas", "Jonah")])
    def test_two_names(self, one: str, other: str) -> None:
        assert not names.same(one, other)

    @pytest.mark.parametrize(
        ("other", "near"), [("Emma", True), ("Emma Kellner", True), ("Emil Kessler", False), ("", False)]
    )
    def test_near_enough_to_ask(self, other: str, near: bool) -> None:  # noqa: FBT001
        assert names.similar("Emma Keller", other) is near


class TestByEmail:
    def test_the_same_address_is_certain_whatever_the_name_is(self) -> None:
        assert only([EMMA], [EMMAS]) == Match(EMMA, Verdict.CERTAIN, EMMAS)

    def test_an_address_goes_before_a_namesake(self) -> None:
        assert only([EMMA], [user(7, "Emma Keller"), EMMAS]).user == EMMAS

    def test_an_address_of_two_users_decides_nothing(self) -> None:
        other = user(102, "Emma", EMMAS.email)
        assert only([EMMA], [EMMAS, other]) == Match(EMMA, Verdict.ASKED, None, (EMMAS, other))

    def test_an_address_of_two_stylists_decides_nothing(self) -> None:
        """The salon's own address typed in for everybody."""
        twin = Person(2, "Jonas Brandt", EMMA.email)
        assert [each.verdict for each in match([EMMA, twin], [EMMAS]).matches] == [Verdict.ASKED] * 2

    def test_who_has_no_address_is_not_matched_to_who_has_none(self) -> None:
        nobody = Person(1, "Emma Keller", "")
        assert only([nobody], [user(101, "Somebody", "")]).verdict == Verdict.NOBODY


class TestByName:
    def test_the_same_name_is_proposed(self) -> None:
        found = user(7, "Keller, Emma")
        assert only([EMMA], [found]) == Match(EMMA, Verdict.PROPOSED, found)

    def test_two_of_that_name_are_asked(self) -> None:
        both = (user(7, "Emma Keller"), user(8, "emma keller"))
        assert only([EMMA], list(both)) == Match(EMMA, Verdict.ASKED, None, both)

    def test_two_stylists_of_that_name_are_asked(self) -> None:
        namesake = Person(2, "Emma Keller", "")
        assert only([EMMA, namesake], [user(7, "Emma Keller")]).verdict == Verdict.ASKED

    def test_a_similar_name_is_asked(self) -> None:
        near = user(7, "Emma")
        assert only([EMMA], [near]) == Match(EMMA, Verdict.ASKED, None, (near,))

    def test_a_user_whose_address_is_a_colleague_s_is_not_proposed(self) -> None:
        theirs = user(7, "Emma Keller", JONAS.email)
        assert only([EMMA, JONAS], [theirs]).verdict == Verdict.NOBODY


class TestNothingIsStolen:
    def test_a_calendar_of_a_colleague(self) -> None:
        holder = Person(2, "Jonas Brandt", "", user_id=101)
        assert only([EMMA, holder], [EMMAS]) == Match(EMMA, Verdict.TAKEN, EMMAS)

    def test_a_calendar_of_somebody_who_left(self) -> None:
        assert only([EMMA], [EMMAS], taken={101}).verdict == Verdict.TAKEN

    def test_by_name_it_is_not_even_proposed(self) -> None:
        assert only([EMMA], [user(7, "Emma Keller")], taken={7}).verdict == Verdict.NOBODY


class TestWhatIsStored:
    def test_stays(self) -> None:
        known = Person(1, "Emma Keller", EMMA.email, user_id=101)
        assert only([known], [EMMAS]).verdict == Verdict.KNOWN

    def test_stays_and_is_told_when_the_address_says_otherwise(self) -> None:
        wrong = Person(1, "Emma Keller", EMMA.email, user_id=7)
        found = only([wrong], [user(7, "Anna"), EMMAS])
        assert (found.verdict, found.candidates) == (Verdict.CONTRADICTED, (EMMAS,))

    def test_is_told_when_its_user_is_gone(self) -> None:
        gone = Person(1, "Emma Keller", "", user_id=999)
        assert only([gone], [EMMAS]) == Match(gone, Verdict.GONE)

    def test_only_the_certain_unless_names_are_accepted(self) -> None:
        anna, pia = Person(3, "Anna Berg", ""), Person(4, "Pia", "")
        users = [EMMAS, user(7, "Anna Berg"), user(8, "Pia Sommer")]
        found = match([EMMA, anna, pia], users)
        assert [each.person for each in found.storable(accept_names=False)] == [EMMA]
        assert [each.person for each in found.storable(accept_names=True)] == [EMMA, anna]

    def test_users_who_are_nobody_s_calendar_are_named(self) -> None:
        desk = user(7, "Empfang")
        assert match([EMMA], [EMMAS, desk]).unmatched == (desk,)
