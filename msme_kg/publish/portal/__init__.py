"""The portal bundle: DCAT-AP catalogue, VoID description, dumps and citation files."""
