//! Names that have no business in data: what calls them runs code, reads or
//! writes files, or opens connections.
//!
//! Nothing depends on this list but a word in a table: everything that is not
//! known to be data is refused, whether it stands here or not.
//!
//! After Python's documentation of `pickle` ("Restricting Globals"), its audit
//! events, and the lists that picklescan and fickling look for.

/// Modules of which every name is one.
const MODULES: &[&str] = &[
    "_io",
    "_pickle",
    "_posixsubprocess",
    "_socket",
    "aiohttp",
    "asyncio",
    "bdb",
    "cloudpickle",
    "code",
    "codeop",
    "commands",
    "cProfile",
    "ctypes",
    "dill",
    "distutils",
    "doctest",
    "ensurepip",
    "ftplib",
    "http",
    "httplib",
    "idlelib",
    "imp",
    "importlib",
    "io",
    "joblib",
    "lib2to3",
    "marshal",
    "multiprocessing",
    "nt",
    "os",
    "pdb",
    "pickle",
    "pip",
    "pkgutil",
    "popen2",
    "posix",
    "posixpath",
    "profile",
    "pty",
    "pydoc",
    "requests",
    "runpy",
    "setuptools",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "telnetlib",
    "tempfile",
    "threading",
    "timeit",
    "trace",
    "urllib",
    "urllib2",
    "venv",
    "webbrowser",
    "xmlrpc",
    "zipimport",
];

/// Names of modules that have others.
const NAMES: &[(&str, &[&str])] = &[
    ("builtins", BUILTINS),
    ("__builtin__", BUILTINS),
    ("functools", &["partial", "partialmethod", "reduce"]),
    (
        "numpy.f2py.crackfortran",
        &["getlincoef", "myeval", "_eval_length", "_eval_scalar"],
    ),
    ("numpy.testing._private.utils", &["runstring", "rundocs"]),
    (
        "operator",
        &["attrgetter", "itemgetter", "methodcaller", "call"],
    ),
    (
        "_operator",
        &["attrgetter", "itemgetter", "methodcaller", "call"],
    ),
    ("site", &["main", "execsitecustomize", "execusercustomize"]),
    ("torch", &["load"]),
    ("torch.hub", &["load", "load_state_dict_from_url"]),
    ("torch.serialization", &["load"]),
    ("types", &["CodeType", "FunctionType", "ModuleType"]),
];

const BUILTINS: &[&str] = &[
    "__import__",
    "apply",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "file",
    "getattr",
    "globals",
    "help",
    "input",
    "locals",
    "open",
    "raw_input",
    "reload",
    "setattr",
    "vars",
];

/// Whether a dotted name, such as `posix.system`, is one of these.
pub(super) fn is_dangerous(name: &str) -> bool {
    let mut modules = name.match_indices('.').map(|(end, _)| &name[..end]);
    modules.any(|module| MODULES.contains(&module))
        || NAMES.iter().any(|(module, names)| {
            let rest = name.strip_prefix(module);
            rest.and_then(|rest| rest.strip_prefix('.'))
                .and_then(|rest| rest.split('.').next())
                .is_some_and(|name| names.contains(&name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for name in [
            "posix.system",
            "nt.system",
            "os.popen",
            "os.path.join",
            "builtins.eval",
            "__builtin__.getattr",
            "builtins.getattr.x",
            "subprocess.Popen",
            "importlib.import_module",
            "urllib.request.urlopen",
            "torch.serialization.load",
        ] {
            assert!(is_dangerous(name), "{name}");
        }
        for name in [
            "collections.OrderedDict",
            "builtins.evaluate",
            "builtins.set",
            "__main__.os",
            "osmosis.system",
            "torch._utils._rebuild_tensor_v2",
            "opcode BUILD",
            "os",
        ] {
            assert!(!is_dangerous(name), "{name}");
        }
    }
}
