"""The web pages: Flask and Flask-WTF, no JavaScript needed for anything but the tablet and the charts' comfort."""
