"""`from remanence.compat.mem0 import Memory` in place of `from mem0 import Memory`."""

from remanence.faces.compat.mem0 import AsyncMemory as AsyncMemory
from remanence.faces.compat.mem0 import Memory as Memory

__all__ = ["AsyncMemory", "Memory"]
