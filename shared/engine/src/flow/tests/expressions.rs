//! Where a flow may hold expressions: a broken one is found when the flow is created, with its property and its place,
//! and in texts that are never rendered nobody minds.

use expression::Template;

use super::{HEAD, catalogue, parse};

const BROKEN: &str = "{{ a | }}";

/// Properties of the first task, from line 6, and of the flow.
fn flow(rest: &str) -> String {
    format!("{HEAD}{rest}").replace("BROKEN", BROKEN)
}

/// What is said of each fragment: the places of its broken expressions.
fn places<const N: usize>(fragments: [&str; N]) -> String {
    let lines = fragments.map(|fragment| {
        let source = flow(fragment);
        let broken = source.matches(BROKEN).count();
        let problems = match parse(&source, &catalogue()) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid.problems,
        };
        let found: Vec<String> = problems
            .iter()
            .map(|it| {
                let at = it.at.expect("every problem has a place");
                let line = source.lines().nth(at.line - 1).unwrap_or_default();
                let rest: String = line.chars().skip(at.column - 1).collect();
                // The place is that of the `}}` behind the bar, or the start of a key.
                let wrong = match &*it.message {
                    message if !message.contains("Unexpected token of value \"}}\"") => format!(" {message}"),
                    _ if rest.starts_with("}}") => String::new(),
                    _ if rest.starts_with("'{{") => " at the key".to_owned(),
                    _ => format!(" at {rest}"),
                };
                format!("{} (line {}){wrong}", it.path, at.line)
            })
            .collect();
        let missed = if found.len() == broken { String::new() } else { format!(" of {broken}") };
        format!("{}{missed}\n", found.join(", "))
    });
    lines.concat()
}

#[test]
fn a_broken_one_is_found_wherever_it_would_be_rendered() {
    insta::assert_snapshot!(places([
        // Of the flow.
        "outputs:\n  - {id: a, type: STRING, value: 'BROKEN'}\n  - {id: b, type: JSON, value: {a: [{b: 'BROKEN'}]}}",
        "sla: [{id: s, type: EXECUTION_ASSERTION, behavior: FAIL, assert: 'BROKEN'}]",
        "inputs:\n  - {id: a, type: STRING}\n  - {id: b, type: STRING, dependsOn: {inputs: [a], condition: 'BROKEN'}}",
        "inputs:\n  - {id: a, type: SELECT, expression: 'BROKEN'}\n  - {id: b, type: MULTISELECT, expression: 'BROKEN'}",
        "errors: [{id: e, type: io.kestra.plugin.core.log.Log, message: 'BROKEN'}]",
        "finally: [{id: e, type: io.kestra.plugin.core.log.Log, message: 'BROKEN'}]",
        "afterExecution: [{id: e, type: io.kestra.plugin.core.log.Log, message: 'BROKEN'}]",
        "listeners:\n  - conditions: [{type: io.kestra.plugin.core.condition.Expression, expression: 'BROKEN'}]\n    tasks: [{id: e, type: io.kestra.plugin.core.log.Log, message: 'BROKEN'}]",
        // A default stands where it is written, in the task that has it.
        "pluginDefaults:\n  - type: io.kestra.plugin.core.debug.Return\n    values: {format: 'BROKEN'}",
        // Of every task.
        "    runIf: 'BROKEN'\n    timeout: 'BROKEN'",
        // Of runnable ones.
        "  - id: t\n    type: io.kestra.plugin.scripts.shell.Commands\n    commands:\n      - echo\n      - |\n        one\n        two BROKEN\n    env: {A: 'BROKEN', 'BROKEN': b}\n    failFast: 'BROKEN'\n    attempts: 'BROKEN'\n    wait: 'BROKEN'\n    target: 'BROKEN'\n    interpreter: [{a: {b: ['BROKEN']}}]\n    inputFiles: 'BROKEN'",
        "  - {id: t, type: io.kestra.plugin.scripts.shell.Commands, commands: 'BROKEN', inputFiles: {a.txt: 'BROKEN', 'BROKEN': ''}}",
        // Of the engine's own.
        "  - {id: t, type: io.kestra.plugin.core.log.Log, message: ['BROKEN', 'BROKEN']}",
        "  - {id: t, type: io.kestra.plugin.core.debug.Echo, format: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.output.OutputValues, values: {a: {b: ['BROKEN']}}}",
        "  - {id: t, type: io.kestra.plugin.core.execution.Fail, condition: 'BROKEN', errorMessage: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.execution.Assert, conditions: ['BROKEN'], errorMessage: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.flow.Sleep, duration: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.templating.TemplatedTask, spec: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.execution.Labels, labels: {a: 'BROKEN', 'BROKEN': b}}",
        "  - {id: t, type: io.kestra.plugin.core.execution.Labels, labels: [{key: 'BROKEN', value: 'BROKEN'}]}",
        "  - {id: t, type: io.kestra.plugin.core.execution.Labels, labels: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.execution.SetVariables, variables: {a: ['BROKEN']}}",
        "  - {id: t, type: io.kestra.plugin.core.execution.UnsetVariables, variables: ['BROKEN']}",
        "  - {id: t, type: io.kestra.plugin.core.flow.If, condition: 'BROKEN', then: [{id: u, type: io.kestra.plugin.core.debug.Return, format: 'BROKEN'}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.Switch, value: 'BROKEN', cases: {a: [{id: u, type: io.kestra.plugin.core.debug.Return, format: 'BROKEN'}]}}",
        "  - {id: t, type: io.kestra.plugin.core.flow.ForEach, values: ['BROKEN', {a: 'BROKEN'}], tasks: [{id: u, type: io.kestra.plugin.core.debug.Return}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.EachParallel, value: 'BROKEN', tasks: [{id: u, type: io.kestra.plugin.core.debug.Return}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.LoopUntil, condition: 'BROKEN', tasks: [{id: u, type: io.kestra.plugin.core.debug.Return}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.Dag, tasks: [{task: {id: u, type: io.kestra.plugin.core.debug.Return, format: 'BROKEN'}}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.Pause, pauseDuration: 'BROKEN', timeout: 'BROKEN', onResume: [{id: i, type: SELECT, expression: 'BROKEN'}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.WorkingDirectory, inputFiles: {a: 'BROKEN'}, tasks: [{id: u, type: io.kestra.plugin.core.debug.Return}]}",
        "  - {id: t, type: io.kestra.plugin.core.flow.Subflow, namespace: 'BROKEN', flowId: 'BROKEN', inputs: {a: [{b: 'BROKEN'}]}, labels: {a: 'BROKEN'}, outputs: {a: 'BROKEN'}, scheduleDate: 'BROKEN'}",
        "  - {id: t, type: io.kestra.plugin.core.flow.ForEachItem, items: 'BROKEN', batch: {rows: 'BROKEN', partitions: 'BROKEN', bytes: 'BROKEN', separator: 'BROKEN'}, namespace: n, flowId: g, inputs: {a: 'BROKEN'}}",
        // Of triggers.
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Webhook, key: 'BROKEN', conditions: [{type: io.kestra.plugin.core.condition.Expression, expression: 'BROKEN'}]}]",
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Webhook, key: k, inputs: {a: 'BROKEN'}, responseCode: 'BROKEN', idempotencyKey: 'BROKEN', signature: {type: GITHUB, secret: 'BROKEN'}}]",
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * * * *', inputs: {a: ['BROKEN']}, labels: {a: 'BROKEN'}, conditions: [{type: io.kestra.plugin.core.condition.Weekend, date: 'BROKEN'}]}]",
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Flow, inputs: {a: {b: 'BROKEN'}}, conditions: [{type: io.kestra.plugin.core.condition.ExecutionOutputs, expression: 'BROKEN'}]}]",
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Flow, preconditions: {id: p, where: [{id: w, filters: [{field: EXPRESSION, type: EQUAL_TO, value: 'BROKEN'}]}]}}]",
        "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Flow\n    conditions:\n      - type: io.kestra.plugin.core.condition.MultipleCondition\n        id: m\n        conditions: {a: {type: io.kestra.plugin.core.condition.Expression, expression: 'BROKEN'}}",
        "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Flow\n    conditions:\n      - type: io.kestra.plugin.core.condition.Or\n        conditions:\n          - {type: io.kestra.plugin.core.condition.DayWeek, dayOfWeek: MONDAY, date: 'BROKEN'}\n          - {type: io.kestra.plugin.core.condition.Not, conditions: [{type: io.kestra.plugin.core.condition.TimeBetween, date: 'BROKEN'}]}\n          - {type: io.kestra.plugin.core.condition.DateTimeBetween, date: 'BROKEN', after: 'BROKEN', before: 'BROKEN'}\n          - {type: io.kestra.plugin.core.condition.DayWeekInMonth, dayOfWeek: MONDAY, dayInMonth: FIRST, date: 'BROKEN'}",
    ]), @r#"
    outputs[0].value (line 7), outputs[1].value.a[0].b (line 8)
    sla[0].assert (line 6)
    inputs[1].dependsOn.condition (line 8)
    inputs[0].expression (line 7), inputs[1].expression (line 8)
    errors[0].message (line 6)
    finally[0].message (line 6)
    afterExecution[0].message (line 6)
    listeners[0].conditions[0].expression (line 7), listeners[0].tasks[0].message (line 8)
    tasks[0].format (line 8)
    tasks[0].runIf (line 6), tasks[0].timeout (line 7)
    tasks[1].commands[1] (line 12), tasks[1].env.A (line 13), tasks[1].env (line 13) at the key, tasks[1].failFast (line 14), tasks[1].attempts (line 15), tasks[1].wait (line 16), tasks[1].target (line 17), tasks[1].interpreter[0].a.b[0] (line 18), tasks[1].inputFiles (line 19)
    tasks[1].commands (line 6), tasks[1].inputFiles.a.txt (line 6), tasks[1].inputFiles (line 6) at the key
    tasks[1].message[0] (line 6), tasks[1].message[1] (line 6)
    tasks[1].format (line 6)
    tasks[1].values.a.b[0] (line 6)
    tasks[1].condition (line 6), tasks[1].errorMessage (line 6)
    tasks[1].conditions[0] (line 6), tasks[1].errorMessage (line 6)
    tasks[1].duration (line 6)
    tasks[1].spec (line 6)
    tasks[1].labels.a (line 6), tasks[1].labels (line 6) at the key
    tasks[1].labels[0].key (line 6), tasks[1].labels[0].value (line 6)
    tasks[1].labels (line 6)
    tasks[1].variables.a[0] (line 6)
    tasks[1].variables[0] (line 6)
    tasks[1].condition (line 6), tasks[1].then[0].format (line 6)
    tasks[1].value (line 6), tasks[1].cases.a[0].format (line 6)
    tasks[1].values[0] (line 6), tasks[1].values[1].a (line 6)
    tasks[1].value (line 6)
    tasks[1].condition (line 6)
    tasks[1].tasks[0].task.format (line 6)
    tasks[1].pauseDuration (line 6), tasks[1].timeout (line 6), tasks[1].onResume[0].expression (line 6)
    tasks[1].inputFiles.a (line 6)
    tasks[1].namespace (line 6), tasks[1].flowId (line 6), tasks[1].inputs.a[0].b (line 6), tasks[1].labels.a (line 6), tasks[1].outputs.a (line 6), tasks[1].scheduleDate (line 6)
    tasks[1].items (line 6), tasks[1].batch.rows (line 6), tasks[1].batch.partitions (line 6), tasks[1].batch.bytes (line 6), tasks[1].batch.separator (line 6), tasks[1].inputs.a (line 6)
    triggers[0].key (line 6), triggers[0].conditions[0].expression (line 6)
    triggers[0].inputs.a (line 6), triggers[0].responseCode (line 6), triggers[0].idempotencyKey (line 6), triggers[0].signature.secret (line 6)
    triggers[0].inputs.a[0] (line 6), triggers[0].labels.a (line 6), triggers[0].conditions[0].date (line 6)
    triggers[0].inputs.a.b (line 6), triggers[0].conditions[0].expression (line 6)
    triggers[0].preconditions.where[0].filters[0].value (line 6)
    triggers[0].conditions[0].conditions.a.expression (line 12)
    triggers[0].conditions[0].conditions[0].date (line 12), triggers[0].conditions[0].conditions[1].conditions[0].date (line 13), triggers[0].conditions[0].conditions[2].date (line 14), triggers[0].conditions[0].conditions[2].after (line 14), triggers[0].conditions[0].conditions[2].before (line 14), triggers[0].conditions[0].conditions[3].date (line 15)
    "#);
}

#[test]
fn what_is_never_rendered_may_hold_anything() {
    insta::assert_snapshot!(places([
        "variables: {a: 'BROKEN', 'BROKEN': [{b: 'BROKEN'}]}",
        "labels: {a: 'BROKEN'}",
        "description: 'BROKEN'",
        "    description: 'BROKEN'",
        "inputs: [{id: a, type: STRING, defaults: 'BROKEN', description: 'BROKEN', displayName: 'BROKEN'}]",
        "inputs: [{id: a, type: SELECT, values: ['BROKEN']}, {id: b, type: JSON, defaults: '[\"BROKEN\"]'}]",
        "outputs: [{id: a, type: STRING, value: a, description: 'BROKEN'}]",
        "sla: [{id: s, type: MAX_DURATION, duration: PT1H, behavior: FAIL, labels: {a: 'BROKEN'}}]",
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Webhook, key: k, description: 'BROKEN'}]",
        "pluginDefaults: [{type: io.kestra.plugin.core.flow.Sleep, values: {duration: 'BROKEN'}}]",
        "  - {id: t, type: io.kestra.plugin.scripts.shell.Commands, commands: [a], script: 'BROKEN', fixed: {a: 'BROKEN'}}",
        "  - {id: t, type: io.kestra.plugin.core.flow.Switch, value: a, cases: {'BROKEN': [{id: u, type: io.kestra.plugin.core.debug.Return}]}}",
    ]), @"
    of 3
    of 1
    of 1
    of 1
    of 3
    of 2
    of 1
    of 1
    of 1
    of 1
    of 2
    of 1
    ");
}

#[test]
fn a_template_knows_its_property() {
    let source = flow(
        "    format: '{{ 1 }}'\n    runIf: plain\noutputs: [{id: a, type: STRING, value: [{b: '{{ 1 }}'}]}]",
    );
    let flow = parse(&source, &catalogue()).unwrap();
    let crate::flow::TaskKind::Pure(crate::flow::PureTask::Return { format: Some(format) }) =
        &flow.tasks[0].kind
    else {
        panic!("it is a Return");
    };
    assert_eq!(format.property(), Some("tasks[0].format"));
    // A text without an expression cannot fail, and costs nothing.
    assert_eq!(flow.tasks[0].run_if.as_ref().and_then(Template::property), None);
    assert!(format!("{:?}", flow.outputs[0].value).contains("outputs[0].value[0].b"));
}

#[test]
fn the_place_is_where_the_document_has_it() {
    // Each way to write a text over lines, with the line and column of `}}`.
    let ways = [
        "    format: |\n      one\n      two BROKEN\n",
        "    format: >\n      one\n      two BROKEN\n",
        "    format: |2-\n        one\n      BROKEN\n",
        "    format: 'one\n      two BROKEN'\n",
        "    format: \"one\n      \\\"two\\\" BROKEN\"\n",
        "    format: one\n      two BROKEN\n",
        "    format: \"日本語 \\U0001F389 BROKEN\"\n",
    ];
    for way in ways {
        let source = flow(way);
        let invalid = parse(&source, &catalogue()).unwrap_err();
        let at = invalid.problems[0].at.unwrap();
        let expected = source.lines().enumerate().find_map(|(index, line)| {
            let column = line.find("| }}")? + 2;
            Some((index + 1, line[..column].chars().count() + 1))
        });
        assert_eq!(Some((at.line, at.column)), expected, "{way}");
    }
}
