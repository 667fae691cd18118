"""Findings in a language model's words; where these lack or add something, as they were counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from remanence.mirror.findings import Finding
from remanence.model.item import Json
from remanence.verbs.model_in_use import ModelInUse
from remanence.verbs.setting import Setting

AT_ONCE = 20  # findings shown in one call
PROMPT = "findings"


def worded(setting: Setting, found: Sequence[Finding]) -> list[Finding]:
    """These findings, in the model's words where those say the same.

    Raises Refused where the cube was opened without a model, ExtraMissing, and ReadingFailed.
    """
    told: list[Finding] = []
    with ModelInUse(setting, wanted="a reflection", schema=_schema) as model:
        from remanence.reader.llm.phrasing import borne_out, question, read_wordings

        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            texts = [one.text for one in some]
            said = borne_out(model.answer(PROMPT, question(texts), read_wordings), texts)
            by = model.identity(PROMPT)
            told += [
                replace(one, worded=said[place], worded_by=by) if place in said else one
                for place, one in enumerate(some)
            ]
    return told


def _schema() -> dict[str, Json]:
    from remanence.reader.llm.phrasing import wordings_schema

    return wordings_schema()
