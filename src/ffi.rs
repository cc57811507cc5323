//! Raw bindings to `native/perbus.h`, which documents them.
#![allow(
    non_camel_case_types,
    non_upper_case_globals,
    unreachable_pub,
    dead_code,
    missing_docs,
    missing_debug_implementations
)]

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
