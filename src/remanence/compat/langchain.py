"""`from remanence.compat.langchain import RemanenceChatMessageHistory`; needs the extra `langchain`."""

from remanence.faces.compat.langchain_history import (
    RemanenceChatMessageHistory as RemanenceChatMessageHistory,
)

__all__ = ["RemanenceChatMessageHistory"]
