"""What people read, in Chinese and English: one catalogue for the public page, the console and its scripts."""
