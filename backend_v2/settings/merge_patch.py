"""JSON Merge Patch, RFC 7396: what a patch makes of a document."""

from typing import Any


def merge_patch(target: Any, patch: Any) -> Any:
    """Return the document with the patch applied; neither is changed.

    An object is merged member by member, and null removes a member; anything else, a list too, takes
    the place of what was there.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
