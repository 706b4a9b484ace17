"""The application's own parts."""
