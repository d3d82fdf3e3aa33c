"""What each command does. ``sim.cli`` parses and calls; the modules here are imported only when their verb is used."""
