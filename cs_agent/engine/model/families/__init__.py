"""Model families: how a kind of model is told what to do, and how its answer is read.

A family brings its prompt, its action language, what its coordinates mean, the picture it takes and its parser.
`autoglm` writes calls as text; `general` calls tools and suits any OpenAI-compatible vision model; `planner` says what
to do in words and leaves the place to a second model; `pointer` only says where something is.
"""

from cs_agent.engine.model.families.autoglm import AutoGlm
from cs_agent.engine.model.families.family import Family, FamilyModel, Overrides
from cs_agent.engine.model.families.general import General, Planner
from cs_agent.engine.model.families.pointer import Pointer
from cs_agent.engine.model.families.two import PlanningAndGrounding

FAMILIES: dict[str, Family] = {family.name: family for family in (AutoGlm(), General(), Planner(), Pointer())}
ACTING = ("autoglm", "general")  # may drive a phone alone
PLANNING = ("planner",)  # need a second model that says where things are
GROUNDING = ("pointer", "autoglm", "general")  # may be that second one

__all__ = [
    "ACTING",
    "FAMILIES",
    "GROUNDING",
    "PLANNING",
    "Family",
    "FamilyModel",
    "Overrides",
    "PlanningAndGrounding",
]
