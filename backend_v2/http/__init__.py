"""HTTP, as every domain speaks it: problems, request ids, cookies, pages, and calls to others."""
