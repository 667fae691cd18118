"""I remember your preferences and apply them: each relevant one was in the context handed out.

Which were relevant to a request was written down when it was answered, since the request itself is not kept.
"""

from __future__ import annotations

from remanence.promises.checks.look import Found, Look, quoted


def check(look: Look) -> Found:
    """A breach for each context that left a relevant preference out."""
    found = Found(looked_at=len(look.contexts))
    missing = {number for one in look.contexts for number in one.left_out}
    rows = look.snapshot.revisions(sorted(missing))
    for one in look.contexts:
        for number in one.left_out:
            if number in rows and rows[number].text_id:
                row = rows[number]
                found.broken([row.item_id], one.at, f"a context was handed out without {quoted(row)}")
    return found
