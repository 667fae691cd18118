"""`from remanence.compat.pydantic_ai import RemanenceMessageHistory`, or `RemanenceToolset`.

The extra `pydantic-ai`.
"""

from remanence.faces.compat.pydantic_ai_history import RemanenceMessageHistory as RemanenceMessageHistory
from remanence.faces.compat.pydantic_ai_tools import RemanenceToolset as RemanenceToolset

__all__ = ["RemanenceMessageHistory", "RemanenceToolset"]
