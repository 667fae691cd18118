"""How fast each kind of memory fades: the one table of decay rates, and what is fixed beside it.

Source: J. R. Anderson and L. J. Schooler, "Reflections of the Environment in Memory", Psychological
Science 2(6), 1991; 0.5 is the rate that ACT-R takes for everything.
"""

from __future__ import annotations

from remanence.model.kind import Kind

# The exponent d of each presentation's t^-d. What was merely said or happened fades as in ACT-R; what is
# meant to last fades more slowly. A higher one sinks sooner.
DECAY: dict[Kind, float] = {
    Kind.UTTERANCE: 0.5,
    Kind.EVENT: 0.5,
    Kind.ACTION: 0.5,
    Kind.FACT: 0.4,
    Kind.GOAL: 0.4,
    Kind.SUMMARY: 0.4,
    Kind.PREFERENCE: 0.3,
    Kind.DECISION: 0.3,
    Kind.CONCEPT: 0.2,
    Kind.PROCEDURE: 0.2,
}

AGE_DAYS_MIN = 1.0  # of a presentation: within its first day nothing fades
COLD = -2.3  # activation below which a statement is cold: a fact of some ten months that nobody used
CONSOLIDATION_SECONDS = 60.0  # after so long a consolidation begins nothing new, unless told otherwise
