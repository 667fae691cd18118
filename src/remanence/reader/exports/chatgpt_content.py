"""The content of a ChatGPT message as text: each content type has its own fields.

Types and fields as found in exports and listed by readers of them: the data-export page of
mitkury/chatgpt-export-parser (docs/chatgpt-data-export-format.md) and the schemas that others publish.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from remanence.reader.exports.values import items, mapping, shown, text

# Kept by the service beside the talk, and repeated in each conversation: memories, not messages.
CONTEXTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "user_editable_context": (("user_profile", "fact"), ("user_instructions", "preference")),
    "model_editable_context": (("model_set_context", "summary"), ("structured_context", "summary")),
}


def content_text(content: Mapping[str, object]) -> tuple[str, list[str]]:
    """The text of a message's content, and what of it has none: one reason each."""
    kind = content.get("content_type") or "text"
    missing: list[str] = []
    read = _KINDS.get(str(kind))
    if read is None:
        found = "\n".join(_salvaged(content))
        missing.append(f"content type {shown(kind)} is not known; kept is the text found in it")
    else:
        found = "\n".join(piece for piece in read(content, missing) if piece)
    return found, missing


def _parts(content: Mapping[str, object], missing: list[str]) -> Iterator[str]:
    for part in items(content.get("parts")):
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            yield from _part(part, missing)
        elif part is not None:
            missing.append(f"a part is {shown(part)}")
    single = content.get("text")
    if isinstance(single, str):
        yield single


def _part(part: Mapping[str, object], missing: list[str]) -> Iterator[str]:
    kind = str(part.get("content_type") or part.get("type") or "")
    if isinstance(part.get("text"), str):  # audio_transcription, text
        yield str(part["text"])
        return
    label = next((word for word in ("image", "audio", "video") if word in kind), "file")
    made = mapping(mapping(part.get("metadata")).get("dalle")).get("prompt")
    caption = text(made) or text(part.get("name"))
    yield f"[{label}: {caption}]" if caption else f"[{label}]"
    pointer = part.get("asset_pointer") or mapping(part.get("audio_asset_pointer")).get("asset_pointer")
    missing.append(f"{kind or 'a part without a type'} {shown(pointer) if pointer else ''} is not taken in")


def _fields(*names: str) -> Callable[[Mapping[str, object], list[str]], Iterator[str]]:
    def read(content: Mapping[str, object], missing: list[str]) -> Iterator[str]:
        found = [str(content[name]) for name in names if text(content.get(name))]
        yield from found or _parts(content, missing)

    return read


def _thoughts(content: Mapping[str, object], missing: list[str]) -> Iterator[str]:
    for thought in items(content.get("thoughts")):
        fields = mapping(thought)
        for name in ("summary", "content"):
            if text(fields.get(name)):
                yield str(fields[name])


def _salvaged(content: Mapping[str, object]) -> Iterator[str]:
    found = [one for one in _parts(content, []) if one]
    if not found:
        found = [str(value) for key, value in content.items() if key != "content_type" and text(value)]
    rest = {key: value for key, value in content.items() if key != "content_type" and value}
    yield from found or ([json.dumps(rest, ensure_ascii=False)] if rest else [])


_KINDS: Mapping[str, Callable[[Mapping[str, object], list[str]], Iterator[str]]] = {
    "text": _parts,
    "multimodal_text": _parts,
    "code": _fields("text"),
    "execution_output": _fields("text"),
    "system_error": _fields("name", "text"),
    "reasoning_recap": _fields("content"),
    "thoughts": _thoughts,
    "tether_quote": _fields("title", "text", "url"),
    "tether_browsing_code": _fields("text", "url"),
    "tether_browsing_display": _fields("summary", "result"),
    "sonic_webpage": _fields("title", "text", "snippet", "url"),
    "super_widget": _fields("text"),
    "citable_code_output": _fields("output_str", "text"),
    "app_pairing_content": _fields("context_parts", "text"),
}
