"""Tests of the server: a real process on the loopback interface."""
