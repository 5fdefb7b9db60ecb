"""Scripts of the console (NAME.keys), the screens that came of them (NAME.txt), and their data."""
