"""``python -m tools.audit``: is a vulnerability known of anything that we install? Asks pip-audit.

Exit status: 0 none, or nobody could be asked, which is said; 1 some, each with the version that mends it.
"""

import json
import subprocess
import sys
from typing import Any

LISTS = ("requirements.txt", "requirements-dev.txt")
SECONDS = 120


def main() -> int:
    found = [_audited(name) for name in LISTS]
    known = [each for audited in found for each in audited if "vulns" in each]
    if not known:
        print("Dependencies were not audited: no list of vulnerabilities can be reached from here.")
        return 0
    wrong = {_sentence(each, one) for each in known for one in each["vulns"]}
    for sentence in sorted(wrong):
        print(sentence)
    asked = len({each["name"] for each in known})
    print(f"{asked} packages audited, {len(wrong)} known vulnerabilities.")
    return 1 if wrong else 0


def _audited(name: str) -> list[dict[str, Any]]:
    """pip-audit's answer for each package of the list; nothing if it could ask nobody.

    A package that an index knows nothing about is *skipped*, and all are where the index is a mirror.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", name, "--no-deps", "--disable-pip"]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off", "--timeout", "10"],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        return list(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []


def _sentence(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    mended = ", ".join(vulnerability.get("fix_versions") or ["none yet"])
    return f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {mended}"


if __name__ == "__main__":
    sys.exit(main())
