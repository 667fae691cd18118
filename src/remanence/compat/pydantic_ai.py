"""`from remanence.compat.pydantic_ai import RemanenceMessageHistory`; needs the extra `pydantic-ai`."""

from remanence.faces.compat.pydantic_ai_history import RemanenceMessageHistory as RemanenceMessageHistory

__all__ = ["RemanenceMessageHistory"]
