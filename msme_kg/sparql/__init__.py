"""Questions: canned queries, their parameters, engines that answer, and what an answer is."""
