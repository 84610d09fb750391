"""Tests of the documents: links, references, schemas, workflows, and how-to guides followed word by word."""
