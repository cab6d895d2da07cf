//! Conductor's statuses, and which of them an execution or a try of a task is in.

use crate::execution::{Execution, State};

/// Of a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkflowStatus {
    Running,
    /// Somebody asked that nothing new begins. Never by a task that waits.
    Paused,
    Completed,
    Failed,
    TimedOut,
    Terminated,
}

/// Of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    Scheduled,
    InProgress,
    Completed,
    CompletedWithErrors,
    Failed,
    FailedWithTerminalError,
    TimedOut,
    Canceled,
    Skipped,
}

impl WorkflowStatus {
    pub const ALL: [Self; 6] =
        [Self::Running, Self::Paused, Self::Completed, Self::Failed, Self::TimedOut, Self::Terminated];

    pub fn of(execution: &Execution) -> Self {
        let course = &execution.course;
        Self::in_state(execution.state.current(), course.held_back, course.timed_out)
    }

    /// Of an execution in this state: whether somebody holds it back, and whether its end was one of time.
    pub const fn in_state(state: State, held_back: bool, timed_out: bool) -> Self {
        match state {
            State::Paused if held_back => Self::Paused,
            // A task waits; one that is being killed still runs.
            State::Created
            | State::Queued
            | State::Running
            | State::Paused
            | State::Restarted
            | State::Retrying
            | State::Killing => Self::Running,
            State::Success | State::Warning | State::Skipped => Self::Completed,
            State::Failed if timed_out => Self::TimedOut,
            // One that is RETRIED has a successor; it failed by itself.
            State::Failed | State::Retried => Self::Failed,
            State::Killed | State::Cancelled => Self::Terminated,
        }
    }

    /// As clients know it: `TIMED_OUT`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Terminated => "TERMINATED",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Running | Self::Paused => false,
            Self::Completed | Self::Failed | Self::TimedOut | Self::Terminated => true,
        }
    }
}

impl TaskStatus {
    pub const ALL: [Self; 9] = [
        Self::Scheduled,
        Self::InProgress,
        Self::Completed,
        Self::CompletedWithErrors,
        Self::Failed,
        Self::FailedWithTerminalError,
        Self::TimedOut,
        Self::Canceled,
        Self::Skipped,
    ];

    /// Of a task run, or of an attempt, in this state.
    pub const fn of(state: State) -> Self {
        match state {
            State::Created | State::Queued | State::Restarted | State::Retrying => Self::Scheduled,
            State::Running | State::Paused | State::Killing => Self::InProgress,
            State::Success => Self::Completed,
            State::Warning => Self::CompletedWithErrors,
            State::Failed | State::Retried => Self::Failed,
            State::Killed | State::Cancelled => Self::Canceled,
            State::Skipped => Self::Skipped,
        }
    }

    /// As clients know it: `IN_PROGRESS`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::CompletedWithErrors => "COMPLETED_WITH_ERRORS",
            Self::Failed => "FAILED",
            Self::FailedWithTerminalError => "FAILED_WITH_TERMINAL_ERROR",
            Self::TimedOut => "TIMED_OUT",
            Self::Canceled => "CANCELED",
            Self::Skipped => "SKIPPED",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Scheduled | Self::InProgress => false,
            Self::Completed
            | Self::CompletedWithErrors
            | Self::Failed
            | Self::FailedWithTerminalError
            | Self::TimedOut
            | Self::Canceled
            | Self::Skipped => true,
        }
    }

    /// Whether a workflow ends badly because of it.
    pub const fn is_failure(self) -> bool {
        match self {
            Self::Failed | Self::FailedWithTerminalError | Self::TimedOut | Self::Canceled => true,
            Self::Scheduled
            | Self::InProgress
            | Self::Completed
            | Self::CompletedWithErrors
            | Self::Skipped => false,
        }
    }
}
