//! `fracas-bindgen INPUT.wasm OUT_DIR`: what `wasm-bindgen --target web` does, as a program that
//! compiles in a minute instead of seven and is pinned beside the library it must match.

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1);
    let input = args.next().context("usage: fracas-bindgen INPUT.wasm OUT_DIR")?;
    let out_dir = args.next().context("usage: fracas-bindgen INPUT.wasm OUT_DIR")?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(input)
        .web(true)?
        .typescript(true)
        .generate(out_dir)
}
