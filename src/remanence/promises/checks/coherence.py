"""I am coherent with my past: each figure of coherence lies within its declared bound."""

from __future__ import annotations

from remanence.promises.checks.look import Found, Look


def check(look: Look) -> Found:
    """A breach for each figure of which even the upper end of the interval lies below its bound."""
    if not look.coherence:
        return Found(note="no coherence figures")
    bounded = [figure for figure in look.coherence if figure.name in look.bounds]
    found = Found(looked_at=len(bounded))
    unbounded = sorted({figure.name for figure in look.coherence} - look.bounds.keys())
    if unbounded:
        found.note = f"no bound is declared for {', '.join(unbounded)}"
    for figure in bounded:
        bound = look.bounds[figure.name]
        if figure.high < bound:
            found.broken(
                figure.evidence,
                look.now,
                f"{figure.name} is {figure.value:.2f} "
                f"({figure.low:.2f} to {figure.high:.2f}), below {bound:.2f}",
            )
    return found
