//! The times of blocks, and what held up those that were slow.

use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

/// What the system says about this thread: how often it was preempted, how often it waited, and its page
/// faults.
fn disturbances() -> [i64; 3] {
    #[cfg(target_os = "linux")]
    const WHO: i32 = libc::RUSAGE_THREAD;
    #[cfg(not(target_os = "linux"))]
    const WHO: i32 = libc::RUSAGE_SELF;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a live local; zeros are a valid rusage.
    let usage = unsafe {
        libc::getrusage(WHO, usage.as_mut_ptr());
        usage.assume_init()
    };
    [
        usage.ru_nivcsw,
        usage.ru_nvcsw,
        usage.ru_minflt + usage.ru_majflt,
    ]
}

/// The time that this thread has had a processor for.
fn processor_time() -> Duration {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: the pointer is to a live local; zeros are a valid timespec.
    let time = unsafe {
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, time.as_mut_ptr());
        time.assume_init()
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// A block that is being rendered.
pub(crate) struct Block {
    disturbances: [i64; 3],
    processor: Duration,
    wall: Instant,
}

/// What it took.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    wall: Duration,
    processor: Duration,
    preempted: bool,
    waited: bool,
    faulted: bool,
}

impl Taken {
    pub(crate) fn wall(&self) -> Duration {
        self.wall
    }
}

impl Block {
    pub(crate) fn begin() -> Self {
        Self {
            disturbances: disturbances(),
            processor: processor_time(),
            wall: Instant::now(),
        }
    }

    pub(crate) fn end(self) -> Taken {
        let wall = self.wall.elapsed();
        let processor = processor_time() - self.processor;
        let after = disturbances();
        let [preempted, waited, faulted] =
            std::array::from_fn(|which| after[which] > self.disturbances[which]);
        Taken {
            wall,
            processor,
            preempted,
            waited,
            faulted,
        }
    }
}

pub(crate) struct Times(Vec<Taken>);

impl Times {
    pub(crate) fn new(blocks: u64) -> Self {
        // Touched now, so that the measured thread does not fault in here.
        let none = Taken {
            wall: Duration::from_nanos(1),
            processor: Duration::ZERO,
            preempted: false,
            waited: false,
            faulted: false,
        };
        let mut taken = vec![none; blocks as usize];
        taken.clear();
        Self(taken)
    }

    pub(crate) fn add(&mut self, taken: Taken) {
        self.0.push(taken);
    }

    pub(crate) fn print_head() {
        println!("in % of a block's time:");
        println!(
            "{:>7} {:>9} {:<22} {:>8} {:>8} {:>8} {:>8}",
            "strips", "blocks", "", "p50", "p99", "p99.99", "max"
        );
    }

    /// Shares of the time that a block lasts, in seconds.
    pub(crate) fn print(&self, strips: u32, lasts: f64) {
        let all = &self.0;
        let line = |name: &str, mut times: Vec<Duration>| {
            times.sort_unstable();
            let at = |share: f64| {
                let index = (share * times.len() as f64) as usize;
                let time = times.get(index.min(times.len().saturating_sub(1)));
                100.0 * time.map_or(0.0, Duration::as_secs_f64) / lasts
            };
            println!(
                "{strips:>7} {:>9} {name:<22} {:>8.2} {:>8.2} {:>8.2} {:>8.2}",
                times.len(),
                at(0.5),
                at(0.99),
                at(0.9999),
                at(1.0)
            );
        };
        let walls = |filter: fn(&&Taken) -> bool| -> Vec<Duration> {
            let chosen = all.iter().filter(filter);
            chosen.map(|it| it.wall).collect()
        };
        line("clock", walls(|_| true));
        line("processor", all.iter().map(|it| it.processor).collect());
        line(
            "clock, undisturbed",
            walls(|it| !it.preempted && !it.waited && !it.faulted),
        );
        line("clock, preempted", walls(|it| it.preempted));
        line("clock, waited", walls(|it| it.waited));
        line("clock, page faults", walls(|it| it.faulted));
    }
}
