"""Templates as CloudFormation sees them, in JSON: expand.py template.yaml... prints a list of them."""

import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The templates name none, so that none have to be fetched."""

    def load(self):
        return {}


def expanded(path):
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    if "Transform" not in template:
        return template
    # `sam deploy` puts the address of the uploaded code there.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/code.zip"
    return transform(template, {}, NoManagedPolicies())


json.dump([expanded(path) for path in sys.argv[1:]], sys.stdout)
