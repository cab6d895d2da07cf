//! YAML as a tree in which every node knows where it stands.
