"""The back office of our own project. Another project that carries cs_agent keeps its own admin."""
