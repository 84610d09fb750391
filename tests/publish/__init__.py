"""Tests of the portal folder, its descriptions, and the atomic replacement of folders."""
