//! Scripts in Python.

use crate::script::{Kind, Program};

const PYTHON: Program = Program {
    // Kestra runs `python`, the name its image and every virtual environment have; many machines only know the other.
    names: &["python", "python3"],
    suffix: ".py",
    // As Kestra sets them. Without the first no line is in the log before the script ends.
    environment: &[
        ("PYTHONUNBUFFERED", "true"),
        ("PIP_ROOT_USER_ACTION", "ignore"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ],
};

pub(crate) const COMMANDS: Kind =
    Kind::commands("io.kestra.plugin.scripts.python.Commands", PYTHON.environment);

pub(crate) const SCRIPT: Kind = Kind::program("io.kestra.plugin.scripts.python.Script", PYTHON);
