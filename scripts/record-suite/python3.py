"""The task of the python3 trace: parse, walk, unparse and compile modules of the standard library."""
import ast
import importlib.util
import sys

MODULES = ["argparse", "ast"]


def work(name):
    path = importlib.util.find_spec(name).origin
    with open(path, encoding="utf-8") as file:
        source = file.read()
    tree = ast.parse(source, path)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    code = compile(ast.unparse(tree), path, "exec")
    return len(names) + len(code.co_consts)


for module in sys.argv[1:] or MODULES:
    print(module, work(module))
