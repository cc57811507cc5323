//! What a process may take, for tests that read what may ask for any amount.

use std::fs;

/// Refuses this process more memory than this many bytes beyond what it has,
/// where the system says how much that is.
pub(crate) fn limit_memory(beyond: u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| {
        let kibibytes = line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")?;
        kibibytes.parse::<u64>().ok()
    });
    let Some(kibibytes) = size else {
        return;
    };
    let most = (kibibytes << 10) + beyond;
    let limit = libc::rlimit {
        rlim_cur: most,
        rlim_max: most,
    };
    // SAFETY: the pointer is to a live local.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
}
