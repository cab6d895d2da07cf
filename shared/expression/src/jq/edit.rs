//! jq's functions of paths.

use super::{
    native::Call,
    operate::{self, truth},
    run::{Done, Machine, Outputs},
    simple,
    syntax::Term,
};
use crate::Value;

impl<'e> Machine<'_, 'e> {
    pub(super) fn of_paths<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { name, arguments, scope, input } = call;
        match (name, arguments) {
            ("path", [term]) => {
                let paths = self.paths(term, scope, input)?;
                paths.into_iter().try_for_each(|path| self.give_made(out, Value::list(path)))
            }
            ("paths", [] | [_]) => {
                let paths = self.paths(&Term::Recurse, scope, input)?;
                for path in paths.into_iter().filter(|path| !path.is_empty()) {
                    let mut value = input.clone();
                    for key in &path {
                        value = operate::index(self, &value, key)?;
                    }
                    let holds = match arguments {
                        [condition] => self.all(condition, scope, &value)?.iter().any(truth),
                        _ => true,
                    };
                    if holds {
                        self.give(out, Value::list(path))?;
                    }
                }
                Ok(())
            }
            ("del", [term]) => {
                let paths = self.paths(term, scope, input)?;
                let value = self.delete(input, paths)?;
                self.give(out, value)
            }
            ("delpaths", [paths]) => {
                for paths in self.all(paths, scope, input)? {
                    let paths = simple::items(self, &paths)?;
                    let paths = paths.iter().map(|path| self.path_of(path)).collect::<Result<_, _>>()?;
                    let value = self.delete(input, paths)?;
                    self.give(out, value)?;
                }
                Ok(())
            }
            ("setpath", [path, value]) => {
                for path in self.all(path, scope, input)? {
                    let path = self.path_of(&path)?;
                    for value in self.all(value, scope, input)? {
                        let changed = self.set(input, &path, &mut |_, _| Ok(Some(value.clone())))?;
                        self.give_made(out, changed.unwrap_or(Value::Null))?;
                    }
                }
                Ok(())
            }
            _ => Err(call.unknown()),
        }
    }
}
