#!/bin/sh
# The figures in objects/: a few of the pickles that the scripts beside this one make,
# by the Pythons named on the command line, as VERSION=PROGRAM; those of arrays by the
# ones that have numpy.
#
#     sh make_objects.sh 2.7=python2.7 3.8=python3.8 3.11=python3.11 3.12=python3.12 3.13=python3.13
cd "$(dirname "$0")" || exit 1
mkdir -p objects
for python in "$@"; do
    out=objects/cpython-${python%%=*}.jsonl
    {
        "${python#*=}" random_objects.py 120
        "${python#*=}" arrays.py 2>/dev/null
    } | awk 'length < 1100' >"$out"
done
