"""What a program does with Conductor's official client. Prints what it saw as one line of JSON.

The client is as it comes from PyPI, and so is the way it is used: as its README shows it.
"""

import json
import os
import sys
import time
import uuid

from conductor.client.automator.task_handler import TaskHandler
from conductor.client.configuration.configuration import Configuration
from conductor.client.http.models import StartWorkflowRequest, TaskDef, WorkflowDef, WorkflowTask
from conductor.client.orkes_clients import OrkesClients
from conductor.client.worker.worker_task import worker_task
from conductor.client.workflow.conductor_workflow import ConductorWorkflow
from conductor.client.workflow.task.dynamic_fork_task import DynamicForkTask
from conductor.client.workflow.task.dynamic_task import DynamicTask
from conductor.client.workflow.task.join_task import JoinTask
from conductor.client.workflow.task.simple_task import SimpleTask

SPACE = os.environ["SPACE"]
FOLDER = os.environ["FOLDER"]

configuration = Configuration(server_api_url=os.environ["CONDUCTOR_SERVER_URL"])
clients = OrkesClients(configuration)
metadata, workflows, tasks = clients.get_metadata_client(), clients.get_workflow_client(), clients.get_task_client()


@worker_task(task_definition_name=f"greet_{SPACE}")
def greet(name: str) -> str:
    return f"hi {name}"


@worker_task(task_definition_name=f"fickle_{SPACE}")
def fickle(name: str) -> str:
    """Fails until somebody mends what it needs."""
    if not os.path.exists(os.path.join(FOLDER, "mended")):
        raise ValueError("not mended")
    return f"mended for {name}"


def until(what, seconds=60):
    """Asks again and again until it is so."""
    last = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < last, "it did not come to that"
        time.sleep(0.05)


def request(name, **given):
    return StartWorkflowRequest(name=name, version=1, **given)


def define(task, reference, name, **rest):
    """A workflow of one SIMPLE task, by the model classes."""
    step = WorkflowTask(
        name=task, task_reference_name=reference, type="SIMPLE", input_parameters={"name": "${workflow.input.name}"}
    )
    metadata.register_workflow_def(
        WorkflowDef(
            name=name,
            version=1,
            tasks=[step],
            output_parameters={"text": "${" + reference + ".output.result}"},
            timeout_seconds=60,
            **rest,
        ),
        overwrite=True,
    )


def status(workflow_id):
    return str(workflows.get_workflow_status(workflow_id).status)


def worked():
    """A workflow with a SIMPLE task is registered, run by a worker, and waited for."""
    task = f"greet_{SPACE}"
    metadata.register_task_def(TaskDef(name=task, retry_count=0, timeout_seconds=60, response_timeout_seconds=30))
    workflow = ConductorWorkflow(executor=clients.get_workflow_executor(), name=f"hello_{SPACE}", version=1)
    step = SimpleTask(task, "g")
    step.input_parameters.update({"name": "${workflow.input.name}"})
    workflow >> step
    workflow.output_parameters({"text": "${g.output.result}"})
    workflow.register(overwrite=True)
    run = workflows.execute_workflow(request(f"hello_{SPACE}", input={"name": "bob"}), request_id="r-1")
    seen = workflows.get_workflow(run.workflow_id, True)
    return {
        "status": str(run.status),
        "output": run.output,
        "request": run.request_id,
        "tasks": [[it.reference_task_name, it.status, it.output_data] for it in run.tasks],
        "seen": [str(seen.status), seen.output, seen.workflow_name, len(seen.tasks)],
    }


def idempotent():
    """A key starts one workflow."""
    define(f"nobody_{SPACE}", "n", f"waits_{SPACE}")
    key = str(uuid.uuid4())

    def start(strategy):
        return workflows.start_workflow(
            request(f"waits_{SPACE}", input={"name": "a"}, idempotency_key=key, idempotency_strategy=strategy)
        )

    first = start("FAIL")
    again = start("RETURN_EXISTING")
    try:
        start("FAIL")
        refused = None
    except Exception as error:  # each version of the client has its own
        refused = getattr(error, "status", None) or getattr(error, "code", None)
    workflows.terminate_workflow(first, "enough")
    return {"same": first == again, "refused": refused, "status": status(first)}


def controlled():
    """Pause, resume, terminate."""
    define(f"nobody_{SPACE}", "n", f"waits_{SPACE}")
    started = workflows.start_workflow(request(f"waits_{SPACE}", input={"name": "a"}))
    until(lambda: status(started) == "RUNNING")
    workflows.pause_workflow(started)
    paused = status(started)
    workflows.resume_workflow(started)
    resumed = status(started)
    workflows.terminate_workflow(started, "enough")
    ended = workflows.get_workflow(started, True)
    return {
        "paused": paused,
        "resumed": resumed,
        "ended": [str(ended.status), ended.reason_for_incompletion],
        "tasks": [[it.reference_task_name, it.status] for it in ended.tasks],
    }


def retried():
    """One that failed goes on from where it failed."""
    task = f"fickle_{SPACE}"
    metadata.register_task_def(TaskDef(name=task, retry_count=0, timeout_seconds=60, response_timeout_seconds=30))
    define(task, "f", f"fickle_{SPACE}")
    run = workflows.execute_workflow(request(f"fickle_{SPACE}", input={"name": "eve"}))
    failed = str(run.status)
    open(os.path.join(FOLDER, "mended"), "w").close()
    workflows.retry_workflow(run.workflow_id)
    until(lambda: status(run.workflow_id) == "COMPLETED")
    ended = workflows.get_workflow(run.workflow_id, True)
    return {
        "failed": failed,
        "ended": [str(ended.status), ended.output],
        "tasks": [[it.reference_task_name, it.status, it.retry_count] for it in ended.tasks],
    }


def inline():
    """A workflow that is registered nowhere is run."""
    task = f"greet_{SPACE}"
    workflow = ConductorWorkflow(executor=clients.get_workflow_executor(), name=f"adhoc_{SPACE}", version=3)
    step = SimpleTask(task, "g")
    step.input_parameters.update({"name": "${workflow.input.name}"})
    workflow >> step
    workflow.output_parameters({"text": "${g.output.result}", "meta": "${workflow.input._systemMetadata}"})
    run = workflow.execute(workflow_input={"name": "bob"})
    seen = workflows.get_workflow(run.workflow_id, True)
    known = [it.name for it in metadata.get_all_workflow_defs()]
    return {
        "status": str(run.status),
        "output": run.output,
        "seen": [str(seen.status), seen.workflow_name, seen.workflow_version],
        "registered": f"adhoc_{SPACE}" in known,
    }


def forked():
    """The tasks come with the input: some side by side, and one by its name."""
    task = f"greet_{SPACE}"
    metadata.register_task_def(TaskDef(name=task, retry_count=0, timeout_seconds=60, response_timeout_seconds=30))
    workflow = ConductorWorkflow(executor=clients.get_workflow_executor(), name=f"forks_{SPACE}", version=1)
    fork = DynamicForkTask("fork", "tasks", "inputs", JoinTask("join"))
    fork.input_parameters.update({"tasks": "${workflow.input.tasks}", "inputs": "${workflow.input.inputs}"})
    named = DynamicTask("${workflow.input.task}", "named")
    named.input_parameters.update({"name": "${join.output.b.result}"})
    workflow >> fork >> named
    workflow.output_parameters({"joined": "${join.output}", "named": "${named.output.result}"})
    workflow.register(overwrite=True)
    step = lambda reference: {"name": task, "taskReferenceName": reference, "type": "SIMPLE"}
    given = {"tasks": [step("a"), step("b")], "inputs": {"a": {"name": "bob"}, "b": {"name": "eve"}}, "task": task}
    run = workflows.execute_workflow(request(f"forks_{SPACE}", input=given))
    return {
        "status": str(run.status),
        "output": run.output,
        "tasks": [[it.reference_task_name, it.status, it.task_def_name == task] for it in run.tasks],
    }


if __name__ == "__main__":
    scenarios = [inline, worked, idempotent, controlled, retried, forked]
    what = {it.__name__: it for it in scenarios}[sys.argv[1]]
    workers = TaskHandler(configuration=configuration, scan_for_annotated_workers=True)
    workers.start_processes()
    try:
        print(json.dumps(what()), flush=True)
    finally:
        workers.stop_processes()
