//! Directories that are known only when an attempt runs: their names in rendered properties.
//!
//! `{{ workingDir }}` is rendered before an attempt begins, perhaps in another process than the one that runs it. So it
//! is rendered to a name that nothing else has, and whoever runs the attempt puts the directory in its place.

/// What `{{ workingDir }}` is rendered to in the properties of a script.
pub const WORKING_DIR: &str = "/.roundtrip-working-dir-1e4c9f27b3d8";
/// What `{{ outputDir }}` is rendered to there.
pub const OUTPUT_DIR: &str = "/.roundtrip-output-dir-7d20a6c85f1b";
