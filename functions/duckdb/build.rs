//! Lets the program find `libduckdb.so` in its own folder, and what that needs there, too.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The old kind of path holds for libraries that a library needs, such as libstdc++ where a system has none.
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN,--disable-new-dtags");
}
