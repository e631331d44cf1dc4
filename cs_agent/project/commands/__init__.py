"""The commands of an installation: `cs-agent`, its processes, and what they need on the machine."""
