"""Publication: the static site, the portal folder, and synchronization of remote stores."""
