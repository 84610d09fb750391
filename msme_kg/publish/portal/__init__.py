"""The portal bundle: DCAT-AP catalogue, VoID description, dumps and tables."""
