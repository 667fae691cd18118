"""`from remanence.compat.openai_agents import RemanenceSession`: a session for the OpenAI Agents SDK."""

from remanence.faces.compat.openai_agents_session import RemanenceSession as RemanenceSession

__all__ = ["RemanenceSession"]
