"""From text to items: messages, files of them, times and the statements that follow from them."""
