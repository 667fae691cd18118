"""`from remanence.compat.llama_index import RemanenceChatStore`; needs the extra `llama-index`."""

from remanence.faces.compat.llama_index_store import RemanenceChatStore as RemanenceChatStore

__all__ = ["RemanenceChatStore"]
