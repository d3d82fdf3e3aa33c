"""A run in motion: what each moment shows, the stage it is drawn on, and films as GIF or MP4."""
