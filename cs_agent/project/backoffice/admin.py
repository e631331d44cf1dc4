"""The administrator's back office: people, departments, phones and flows; everything that happened, read-only.

Django looks for a module of this name; the pages themselves stand in the modules that it imports.
"""

from cs_agent.project.backoffice import equipment, people, records

__all__ = ["equipment", "people", "records"]
