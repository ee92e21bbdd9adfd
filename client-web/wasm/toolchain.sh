# Which Rust can build for the browser here? Sourced by build.sh and .ci/setup.
#
#   rustup   the toolchain in use has the standard library of wasm32-unknown-unknown
#   debian   Debian's rustc-web builds the standard library itself, from rust-web-src
#   none     neither
#
# FRACAS_WASM_TOOLCHAIN=rustup|debian takes that one or none.

wasm_target=wasm32-unknown-unknown

rustup_can_wasm() {
    local libs
    libs=$(rustc --print target-libdir --target "$wasm_target" 2>/dev/null) && compgen -G "$libs/libstd-*.rlib" >/dev/null
}

debian_can_wasm() {
    [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -n "$(debian_wasm_linker)" ] &&
        [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std" ]
}

# Debian's linkers carry their version in their names; the newest will do.
debian_wasm_linker() {
    compgen -G '/usr/bin/wasm-ld-*' | sort -V | tail -n 1
}

wasm_toolchain() {
    local wanted=${FRACAS_WASM_TOOLCHAIN:-auto}
    case $wanted in
    auto | rustup | debian) ;;
    *)
        echo "FRACAS_WASM_TOOLCHAIN is '$wanted'; it can be auto, rustup or debian" >&2
        return 1
        ;;
    esac
    if [ "$wanted" != debian ] && rustup_can_wasm; then
        echo rustup
    elif [ "$wanted" != rustup ] && debian_can_wasm; then
        echo debian
    else
        echo none
    fi
}
