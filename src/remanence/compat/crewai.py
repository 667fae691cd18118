"""`from remanence.compat.crewai import RemanenceMemory`; needs the extra `crewai`."""

from remanence.faces.compat.crewai_memory import RemanenceMemory as RemanenceMemory

__all__ = ["RemanenceMemory"]
