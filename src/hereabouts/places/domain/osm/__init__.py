"""What the tags of OpenStreetMap mean here. Source: its wiki, Map features."""
