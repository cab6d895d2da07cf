//! What only the cloud adapters are tested with: an emulator of AWS, and what goes wrong on the way to it.
