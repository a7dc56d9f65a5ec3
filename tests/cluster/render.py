"""Validate manifests against one version of Kubernetes: render.py VERSION FILE..."""

import sys

import kubernetes_validate
import yaml


def main(version, files):
    objects = problems = 0
    for file in files:
        with open(file, encoding="utf-8") as stream:
            for item in filter(None, yaml.safe_load_all(stream)):
                objects += 1
                try:
                    kubernetes_validate.validate(item, version, strict=True)
                except Exception as problem:  # the package has an exception of its own a cause
                    problems += 1
                    print(f"{file}: {item.get('kind')}: {problem}"[:400])
    print(f"Kubernetes {version}: {objects} objects in {len(files)} files, {problems} not valid")
    return 1 if problems or not objects else 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
