"""An OpenAI-compatible endpoint in front of another one, which gives every call a memory."""
