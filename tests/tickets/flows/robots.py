"""An example robot: it takes jobs into a list, and says of each what a test wants it to say."""

from __future__ import annotations

from tickets.services.flows.robots import RobotError, RobotJob, RobotOutcome, RobotState


class ListRobot:
    """`jobs` by their keys, as a robot must keep them so that a job handed over again is the same job."""

    jobs: dict[str, RobotJob] = {}
    says: RobotOutcome = RobotOutcome(RobotState.WORKING)
    is_down = False

    def hand_over(self, job: RobotJob) -> str:
        if self.is_down:
            raise RobotError("the robot's queue is closed")
        self.jobs.setdefault(job.key, job)
        return f"job-{job.key}"

    def outcome(self, reference: str) -> RobotOutcome:
        if self.is_down:
            raise RobotError("no answer")
        return self.says
