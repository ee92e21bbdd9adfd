//! Makes sure there is a folder of pages to embed, so that the server compiles before the client was built.

use std::{fs, io, path::Path};

const DIST: &str = "../client-web/dist";
const PLACEHOLDER: &str = "<!doctype html><meta charset=utf-8><title>Fracas</title>\
<p>This server was built without its pages. Run <code>make play</code>, or build client-web first.\n";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={DIST}");
    let index = Path::new(DIST).join("index.html");
    if !index.exists() {
        fs::create_dir_all(DIST)?;
        fs::write(index, PLACEHOLDER)?;
    }
    Ok(())
}
