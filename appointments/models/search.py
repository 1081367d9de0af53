"""Rows that are found by a name, a number or an address, in whatever spelling."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from appointments.rules.search_words import query_of, words_of

if TYPE_CHECKING:  # generic for mypy only
    _Lookup = models.Lookup[Any]
    _Vector = SearchVectorField[Any, Any]
else:
    _Lookup = models.Lookup
    _Vector = SearchVectorField

COLUMN = "search_words"


class SearchWordsField(_Vector):
    """Kept by every ``save()`` and ``bulk_create()``, from the columns named. NULL: nothing to find by."""

    def __init__(
        self,
        *args: Any,
        names: Sequence[str] = (),
        phones: Sequence[str] = (),
        emails: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        self.sources = {"names": tuple(names), "phones": tuple(phones), "emails": tuple(emails)}
        super().__init__(*args, **{"null": True, "blank": True, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, **self.sources}

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(column for columns in self.sources.values() for column in columns)

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:  # noqa: FBT001 - Django's
        value = self.words_for(model_instance)
        setattr(model_instance, self.attname, value)
        return value

    def words_for(self, row: Any) -> str | None:
        """As :func:`words_of`, for any object with the columns named."""
        return words_of(
            **{kind: [getattr(row, column) for column in columns] for kind, columns in self.sources.items()}
        )


class Searchable(models.Model):
    """A model with ``search_words``."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Whoever saves only a name saves what it is found by, too."""
        if update_fields is not None:
            field: Any = self._meta.get_field(COLUMN)
            update_fields = {*update_fields}
            update_fields |= {COLUMN} if update_fields & field.columns else set()
        super().save(*args, update_fields=update_fields, **kwargs)


@SearchWordsField.register_lookup
class Fits(_Lookup):
    """``search_words__fits=`` what :func:`query_of` says."""

    lookup_name = "fits"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        words, words_params = self.process_lhs(compiler, connection)
        query, query_params = self.process_rhs(compiler, connection)
        return f"{words} @@ {query}::tsquery", [*words_params, *query_params]


def found_by(text: str, *, sounding: bool = True) -> models.Q | None:
    """The rows whose ``search_words`` fit ``text``; None if it says too little to look for."""
    query = query_of(text, sounding=sounding)
    return None if query is None else models.Q(**{f"{COLUMN}__fits": query})


def fill(rows: models.QuerySet[Any], *, batch: int = 5000) -> None:
    """Gives ``rows`` that have none their ``search_words``, past ``save()``: nothing of them has changed.

    A transaction for each batch. Works on the historical models of a migration.
    """
    model = rows.model
    field: Any = model._meta.get_field(COLUMN)
    columns = ["pk", *sorted(field.columns)]
    last = 0
    while chunk := list(rows.filter(pk__gt=last, search_words=None).order_by("pk").values(*columns)[:batch]):
        last = chunk[-1]["pk"]
        pairs = [(row["pk"], field.words_for(SimpleNamespace(**row))) for row in chunk]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET {COLUMN} = given.words::tsvector "  # noqa: S608 - names of ours
                "FROM unnest(%s::bigint[], %s::text[]) AS given(id, words) "
                f"WHERE {model._meta.db_table}.id = given.id",
                [[pk for pk, _words in pairs], [words for _pk, words in pairs]],
            )
