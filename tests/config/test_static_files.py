"""After a deploy no page mixes two versions: modules import each other under names that change with them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from config.static_files import HashedFiles

MODULE = re.compile(r"""from\s*["'](\./[^"']+)["']""")
PLANNER = "appointments/planner"


@pytest.fixture
def collect(tmp_path: Path) -> Callable[..., HashedFiles]:
    """The planner's modules as ``collectstatic`` puts them down, with ``changes`` to some."""

    def collected(folder: str, **changes: str) -> HashedFiles:
        storage = HashedFiles(location=str(tmp_path / folder), base_url="/static/")
        source = Path(str(finders.find(f"{PLANNER}/board.js"))).parent
        paths: dict[str, Any] = {}
        for file in source.glob("*.js"):
            name = f"{PLANNER}/{file.name}"
            target = Path(storage.path(name))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text() + changes.get(file.stem, ""))
            paths[name] = (FileSystemStorage(str(tmp_path / folder)), name)
        for _name, _hashed, processed in storage.post_process(paths):
            assert not isinstance(processed, Exception), processed
        return storage

    return collected


def imports(storage: HashedFiles, module: str) -> set[str]:
    text = Path(storage.path(storage.stored_name(f"{PLANNER}/{module}.js"))).read_text()
    return set(MODULE.findall(text))


def test_modules_import_each_other_by_content(collect: Callable[..., HashedFiles]) -> None:
    storage = collect("one")
    found = imports(storage, "board")

    assert len(found) == 6
    assert all(re.fullmatch(r"\./\w+\.[0-9a-f]{12}\.js", each) for each in found)
    assert all((Path(storage.path(PLANNER)) / each).is_file() for each in found)


def test_what_a_module_imports_changes_its_own_name(collect: Callable[..., HashedFiles]) -> None:
    """Through two of them: `wall.js` is imported by `blocks.js`, which is imported by `board.js`."""
    before, after = collect("before"), collect("after", wall="\n// changed\n")

    for module in ("wall", "blocks", "board"):
        name = f"{PLANNER}/{module}.js"
        assert before.stored_name(name) != after.stored_name(name)
    assert before.stored_name(f"{PLANNER}/note.js") == after.stored_name(f"{PLANNER}/note.js")
