//! The floor of rendering: looping stereo buses, each with its own gain and pan, summed to stereo.

use std::marker::PhantomData;

/// The instruction set that a floor's loops were compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// What every processor of the target has.
    Baseline,
    /// AVX2 and FMA.
    Avx2,
}

impl Isa {
    /// The better of those that this processor has.
    #[must_use]
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Self::Avx2;
        }
        Self::Baseline
    }
}

#[repr(C)]
struct RawBus {
    samples: [*const f32; 2],
    gains: [f32; 2],
    targets: [f32; 2],
    length: u32,
    position: u32,
}

type Render = unsafe extern "C" fn(*mut RawBus, u32, *const *mut f32, u32);

extern "C" {
    fn perbus_floor_steady_baseline(b: *mut RawBus, n: u32, out: *const *mut f32, frames: u32);
    fn perbus_floor_ramped_baseline(b: *mut RawBus, n: u32, out: *const *mut f32, frames: u32);
    #[cfg(target_arch = "x86_64")]
    fn perbus_floor_steady_avx2(b: *mut RawBus, n: u32, out: *const *mut f32, frames: u32);
    #[cfg(target_arch = "x86_64")]
    fn perbus_floor_ramped_avx2(b: *mut RawBus, n: u32, out: *const *mut f32, frames: u32);
}

/// One bus: its loop's two channels, of one length, and its linear gains.
#[derive(Clone, Copy, Debug)]
pub struct Bus<'a> {
    /// Left and right; the same slice twice for a mono source.
    pub channels: [&'a [f32]; 2],
    /// Left and right.
    pub gains: [f32; 2],
}

/// Buses that loop forever.
pub struct Floor<'a> {
    buses: Vec<RawBus>,
    steady: Render,
    ramped: Render,
    samples: PhantomData<&'a [f32]>,
}

impl<'a> Floor<'a> {
    /// A mix of these buses by loops of this instruction set.
    ///
    /// # Panics
    /// When a bus has no frames or channels of two lengths, or this processor lacks the set.
    #[must_use]
    pub fn new(isa: Isa, buses: &[Bus<'a>]) -> Self {
        let (steady, ramped): (Render, Render) = match isa {
            Isa::Baseline => (perbus_floor_steady_baseline, perbus_floor_ramped_baseline),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 if Isa::best() == Isa::Avx2 => {
                (perbus_floor_steady_avx2, perbus_floor_ramped_avx2)
            }
            Isa::Avx2 => panic!("no AVX2 here"),
        };
        let buses = buses.iter().map(|bus| {
            let [left, right] = bus.channels;
            assert!(!left.is_empty() && left.len() == right.len());
            RawBus {
                samples: [left.as_ptr(), right.as_ptr()],
                gains: bus.gains,
                targets: bus.gains,
                length: u32::try_from(left.len()).expect("a short loop"),
                position: 0,
            }
        });
        Self {
            buses: buses.collect(),
            steady,
            ramped,
            samples: PhantomData,
        }
    }

    /// Renders the next block with every gain unchanged.
    ///
    /// # Panics
    /// When the slices' lengths differ.
    pub fn render(&mut self, out: [&mut [f32]; 2]) {
        self.run(self.steady, out);
    }

    /// Renders the next block with every gain on a straight way to `target(bus)`, which it reaches
    /// at the block's end.
    ///
    /// # Panics
    /// When the slices' lengths differ.
    pub fn render_ramped(&mut self, target: impl Fn(usize) -> [f32; 2], out: [&mut [f32]; 2]) {
        for (index, bus) in self.buses.iter_mut().enumerate() {
            bus.targets = target(index);
        }
        self.run(self.ramped, out);
        for bus in &mut self.buses {
            bus.gains = bus.targets;
        }
    }

    fn run(&mut self, render: Render, out: [&mut [f32]; 2]) {
        let [left, right] = out;
        assert_eq!(left.len(), right.len());
        let channels = [left.as_mut_ptr(), right.as_mut_ptr()];
        // SAFETY: each bus's samples are borrowed for as long as `self` lives and `length` long,
        // with `position` below that; the two outputs are borrowed and of this length.
        unsafe {
            render(
                self.buses.as_mut_ptr(),
                self.buses.len() as u32,
                channels.as_ptr(),
                left.len() as u32,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks that cross the seam, of more buses than one pass takes.
    #[test]
    fn every_set_sums_the_loops() {
        let loops: Vec<[Vec<f32>; 2]> = (0..7)
            .map(|bus: u32| {
                let channel = |side: u32| {
                    (0..50 + bus)
                        .map(|frame| ((frame * 7 + bus * 3 + side) % 11) as f32 / 16.0)
                        .collect()
                };
                [channel(0), channel(1)]
            })
            .collect();
        let buses: Vec<Bus<'_>> = loops
            .iter()
            .map(|[left, right]| Bus {
                channels: [left, right],
                gains: [0.5, 0.25],
            })
            .collect();
        for isa in [Isa::Baseline, Isa::best()] {
            let mut floor = Floor::new(isa, &buses);
            let (mut left, mut right) = ([0.0; 32], [0.0; 32]);
            for block in 0..10 {
                // Ramps that go nowhere sound like no ramps.
                if block % 2 == 0 {
                    floor.render([&mut left, &mut right]);
                } else {
                    floor.render_ramped(|_| [0.5, 0.25], [&mut left, &mut right]);
                }
                for frame in 0..32 {
                    let at = block * 32 + frame;
                    let sum = |side: usize| -> f32 {
                        loops.iter().map(|l| l[side][at % l[side].len()]).sum()
                    };
                    assert!((left[frame] - 0.5 * sum(0)).abs() < 1e-5);
                    assert!((right[frame] - 0.25 * sum(1)).abs() < 1e-5);
                }
            }
        }
    }
}
