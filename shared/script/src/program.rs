//! From source to value.

use rquickjs::{CatchResultExt, CaughtError, Ctx, Exception, Value, context::EvalOptions};

use crate::{Failed, SyntaxError, failed::shortened, source::Source, world::World};

/// What the engine calls the script in its traces.
const FILE: &str = "script";

/// What the engine says of a source that is the body of a function.
const RETURN_OUTSIDE: &str = "return not in a function";

/// Parses and runs nothing.
pub(crate) fn check(ctx: &Ctx<'_>, source: Source<'_>) -> Result<(), SyntaxError> {
    match parse(ctx, source.text()) {
        Err(problem) if problem.message == RETURN_OUTSIDE => parse(ctx, &body(source.text())),
        checked => checked,
    }
}

/// The value of the last statement, or what the source returns if it is the body of a function.
pub(crate) fn evaluate<'js>(world: &World, ctx: &Ctx<'js>, source: Source<'_>) -> Result<Value<'js>, Failed> {
    let text = source.text();
    let evaluated = eval(ctx, text.to_owned()).map_err(|error| failed(world, ctx, source, error));
    match evaluated {
        // It was not parsed to its end, so nothing of it has run.
        Err(Failed::Syntax(problem)) if problem.message == RETURN_OUTSIDE => {
            eval(ctx, body(text)).map_err(|error| failed(world, ctx, source, error))
        }
        evaluated => evaluated,
    }
}

/// Why `error` ended the script.
pub(crate) fn failed(world: &World, ctx: &Ctx<'_>, source: Source<'_>, error: rquickjs::Error) -> Failed {
    let caught = CaughtError::from_error(ctx, error);
    if let Some(failed) = world.limit_reached() {
        return failed;
    }
    match caught {
        CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            if message == "out of memory" {
                return world.out_of_memory();
            }
            if let Some(problem) = syntax(&exception) {
                return problem.into();
            }
            let name = exception.get::<_, String>("name").unwrap_or_else(|_| String::from("Error"));
            let line = exception.stack().and_then(|stack| line(&stack));
            // To read them may have run more of the script.
            world.limit_reached().unwrap_or_else(|| Failed::Thrown {
                message: shortened(if message.is_empty() { name } else { format!("{name}: {message}") }),
                line,
            })
        }
        // What the engine throws when there is no room left even for an error.
        CaughtError::Value(value) if value.is_null() && !source.text().contains("throw") => {
            world.out_of_memory()
        }
        CaughtError::Value(value) if value.is_null() => {
            Failed::Thrown { message: String::from("null, or there was no memory left"), line: None }
        }
        CaughtError::Value(value) => {
            let text = match value.as_string() {
                Some(text) => text.to_string().ok(),
                None => ctx.json_stringify(value).ok().flatten().and_then(|text| text.to_string().ok()),
            };
            ctx.catch();
            world.limit_reached().unwrap_or_else(|| Failed::Thrown {
                message: shortened(text.unwrap_or_else(|| String::from("undefined"))),
                line: None,
            })
        }
        CaughtError::Error(error) => Failed::Thrown { message: shortened(error.to_string()), line: None },
    }
}

/// The last line break ends a comment that the source may end with.
fn body(text: &str) -> String {
    format!("(function () {{{text}\n}})()")
}

fn parse(ctx: &Ctx<'_>, text: &str) -> Result<(), SyntaxError> {
    // The whole is parsed before its first statement throws.
    let Err(error) = eval(ctx, format!("throw 0;{text}")).catch(ctx) else { return Ok(()) };
    match error {
        CaughtError::Exception(exception) => Err(syntax(&exception).unwrap_or_else(|| {
            // Nested too deeply, or too much for the memory there is.
            SyntaxError::new(shortened(exception.message().unwrap_or_default()))
        })),
        CaughtError::Value(value) if value.is_number() => Ok(()),
        CaughtError::Value(_) => Err(SyntaxError::new("the script needs too much memory to be read")),
        CaughtError::Error(error) => Err(SyntaxError::new(error.to_string())),
    }
}

fn eval<'js>(ctx: &Ctx<'js>, text: String) -> rquickjs::Result<Value<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(FILE.to_owned());
    ctx.eval_with_options(text, options)
}

/// What the parser says. Its errors have no frame of anything that runs (`    at script:2:8`), those of patterns in
/// the source and of nesting not even a place.
fn syntax(exception: &Exception<'_>) -> Option<SyntaxError> {
    let stack = exception.stack().unwrap_or_default();
    let of_the_parser = stack.starts_with("    at script:")
        || stack.is_empty()
            && exception
                .get::<_, String>("name")
                .is_ok_and(|name| name == "SyntaxError" || name == "RangeError");
    of_the_parser.then(|| SyntaxError {
        message: shortened(exception.message().unwrap_or_default()),
        line: line(&stack),
    })
}

/// The line of the innermost frame that belongs to the script: `    at f (script:2:26)`.
fn line(stack: &str) -> Option<u32> {
    let (_, rest) = stack.split_once("script:")?;
    rest.split(':').next()?.trim().parse().ok()
}
