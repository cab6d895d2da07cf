//! Asking what an expression gives in an execution.

use engine::{
    id::{ExecutionId, TaskRunId},
    machine::{self, World},
    secrets::Secrets,
};
use expression::{Supplied, Template};

use crate::{
    Error, Service,
    carry::{self, NEEDS_ROUNDS_MAX},
};

/// What became of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evaluated {
    Result(String),
    /// Why it gives none: in one line, and with the place in the expression below it.
    Failed {
        message: String,
        explained: String,
    },
}

impl Service {
    /// Renders an expression with the variables of an execution and, when one is named, of one of its task runs.
    ///
    /// # Errors
    /// `NotFound` for an unknown execution or task run; `IllegalState` when its flow cannot be read any more.
    pub async fn evaluate(
        &self,
        tenant: &str,
        id: ExecutionId,
        task_run: Option<TaskRunId>,
        expression: &str,
    ) -> Result<Evaluated, Error> {
        let execution = self.execution(tenant, id).await?;
        let run = match task_run {
            None => None,
            Some(task_run) => Some(
                execution
                    .task_runs
                    .get(task_run)
                    .ok_or_else(|| Error::NotFound(format!("Unable to find the task run '{task_run}'")))?,
            ),
        };
        let flow = self.flow_of(&execution).await?;
        let flow = flow.sound()?;
        let template = match Template::parse(expression) {
            Ok(template) => template,
            Err(error) => {
                let explained = error.explained(expression);
                return Ok(Evaluated::Failed { message: error.message, explained });
            }
        };
        let mut supplied = Supplied::new();
        for _ in 0..NEEDS_ROUNDS_MAX {
            let rendered = self.with_world(&supplied, 0, |world| {
                // Whoever may ask is not thereby one who may read secrets.
                let world = World { secrets: Secrets::Closed, ..*world };
                machine::evaluate(flow, &execution, run, &template, &world)
            });
            match rendered {
                Ok(text) => return Ok(Evaluated::Result(text)),
                Err(expression::Error::Failed(failure)) => {
                    let explained = failure.explained();
                    return Ok(Evaluated::Failed { message: failure.message, explained });
                }
                Err(expression::Error::Needs(needs)) => {
                    for need in needs {
                        let answer = self.fetch(&execution, &need).await?;
                        supplied.insert(need, answer);
                    }
                }
            }
        }
        Err(carry::stuck())
    }
}
