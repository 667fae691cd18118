"""What happens to items over their life: change sets, states, undo, erasure."""
