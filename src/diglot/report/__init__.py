"""The report: one document, and what is shown of it in a terminal, on GitHub and in a browser."""
