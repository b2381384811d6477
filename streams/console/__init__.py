"""The console of the command centre: pages, their scripts and what keeps them live; wired together with the public page and the desk."""
