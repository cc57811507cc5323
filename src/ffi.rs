//! Raw bindings to `native/perbus.h`, which documents them.
#![allow(
    non_camel_case_types,
    non_upper_case_globals,
    unreachable_pub,
    dead_code,
    missing_docs,
    missing_debug_implementations,
    rustdoc::broken_intra_doc_links // C's brackets are no links
)]

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
