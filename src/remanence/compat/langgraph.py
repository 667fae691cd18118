"""`from remanence.compat.langgraph import RemanenceStore`: a LangGraph store; needs the extra `langgraph`."""

from remanence.faces.compat.langgraph_store import RemanenceStore as RemanenceStore

__all__ = ["RemanenceStore"]
