"""Static files under names that change with their content, so that they may be cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it brings no types
    """Modules import each other by these names too: after a deploy no browser mixes two versions."""

    support_js_module_import_aggregation = True
