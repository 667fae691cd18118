"""`from remanence.compat.autogen import RemanenceMemory`; needs the extra `autogen`."""

from remanence.faces.compat.autogen_memory import RemanenceMemory as RemanenceMemory

__all__ = ["RemanenceMemory"]
