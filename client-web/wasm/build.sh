#!/usr/bin/env bash
# Builds the browser's Rust core into client-web/src/wasm-pkg (JavaScript, types, .wasm).
# Quick when nothing changed: cargo decides about the first step, file times about the rest.
set -euo pipefail
cd "$(dirname "$0")/../.."
source client-web/wasm/toolchain.sh

out=client-web/src/wasm-pkg
target_dir=${CARGO_TARGET_DIR:-target}

build_core() {
    local toolchain
    toolchain=$(wasm_toolchain)
    case $toolchain in
    rustup)
        cargo build --profile wasm --target "$wasm_target" -p fracas-wasm
        ;;
    debian)
        # Its own target directory: two compilers in one would rebuild each other's work.
        target_dir=$target_dir/debian
        # RUSTC must be Debian's: with another one first on the PATH its std sources don't fit.
        RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$target_dir" \
            CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(debian_wasm_linker) \
            /usr/bin/cargo build --profile wasm --target "$wasm_target" -p fracas-wasm \
            -Z build-std=std,panic_abort
        ;;
    *)
        cat >&2 <<-'HELP'
			No Rust here can build for the browser. Either of these makes it work:
			  rustup target add wasm32-unknown-unknown
			  apt-get install --no-install-recommends rustc-web cargo-web rust-web-src lld-22    (Debian 12 and later)
			.ci/setup does it for you where it may.
		HELP
        exit 1
        ;;
    esac
}

write_javascript() {
    local core=$1
    # Up to date when what was made is newer than what it is made from, and from the same build.
    if [ -e "$out/.from" ] && [ "$(cat "$out/.from")" = "$core" ] && [ ! "$core" -nt "$out/.from" ] &&
        [ ! client-web/wasm/bindgen/Cargo.toml -nt "$out/.from" ]; then
        echo "wasm: $out is up to date"
        return
    fi
    CARGO_TARGET_DIR=client-web/wasm/bindgen/target cargo build --locked --quiet --manifest-path client-web/wasm/bindgen/Cargo.toml
    local made=$out.new
    rm -rf "$made"
    client-web/wasm/bindgen/target/debug/fracas-bindgen "$core" "$made"
    shrink "$made/fracas_wasm_bg.wasm"
    printf '%s' "$core" >"$made/.from"
    rm -rf "$out"
    mv "$made" "$out"
    echo "wasm: $(stat -c %s "$out/fracas_wasm_bg.wasm") bytes, $(gzip -9c "$out/fracas_wasm_bg.wasm" | wc -c) compressed"
}

shrink() {
    client-web/node_modules/.bin/wasm-opt -Os --strip-debug --strip-producers "$1" -o "$1.small"
    mv "$1.small" "$1"
}

build_core
write_javascript "$target_dir/$wasm_target/wasm/fracas_wasm.wasm"
