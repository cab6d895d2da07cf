//! Rendering for a task that adds variables of its own.

use engine::{
    id::{ExecutionId, TaskRunId},
    machine,
    secrets::Masks,
};
use expression::{Error as Wrong, Supplied, Template};
use ports::engine::Rendering;

use crate::{Error, Service, carry};

impl Service {
    /// Renders an expression for a task run, once for each set of variables; also what was asked of the outside for it.
    ///
    /// # Errors
    /// `NotFound`; the store's. An expression that fails is an answer.
    pub(super) async fn render_for_task(
        &self,
        tenant: &str,
        id: ExecutionId,
        task_run: TaskRunId,
        rendering: &Rendering,
    ) -> Result<(Vec<Result<String, String>>, Supplied), Error> {
        let template = match Template::parse(&rendering.expression) {
            Ok(template) => template,
            Err(error) => {
                let message = error.explained(&rendering.expression);
                return Ok((vec![Err(message); rendering.variables.len()], Supplied::new()));
            }
        };
        let execution = self.execution(tenant, id).await?;
        let stored = self.flow_of(&execution).await?;
        let flow = stored.sound()?;
        let mut supplied = Supplied::new();
        let mut rendered = Vec::with_capacity(rendering.variables.len());
        for added in &rendering.variables {
            let mut rounds = 0;
            rendered.push(loop {
                let asked = self.with_world(&supplied, 0, |world| {
                    machine::render_further(flow, &execution, task_run, (&template, added), world)
                });
                match asked {
                    Ok(text) => break Ok(text),
                    Err(Wrong::Failed(failure)) => {
                        let mut told = failure.explained();
                        Masks::of_given(&supplied).mask(&mut told);
                        break Err(told);
                    }
                    Err(Wrong::Needs(needs)) => {
                        rounds += 1;
                        if rounds > carry::NEEDS_ROUNDS_MAX {
                            return Err(carry::stuck());
                        }
                        for need in needs {
                            let answer = self.fetch(&execution, &need).await?;
                            supplied.insert(need, answer);
                        }
                    }
                }
            });
        }
        Ok((rendered, supplied))
    }
}
