"""A live market: what moves it, two of them side by side, and what they answer."""
