"""The site: what its files hold, and how a browser shows them."""
