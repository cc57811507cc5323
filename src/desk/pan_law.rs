//! Pan laws of mixers' mono inputs. Pure Rust, no ffi.

use std::sync::atomic::{AtomicU8, Ordering};

/// How a mixer pans its mono inputs. Those with more channels are always balanced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum PanLaw {
    /// The near side stays at the volume, and the far side falls linearly to 0: both are at the
    /// volume at the centre.
    #[default]
    Balance,
    /// Left `cos((pan + 1) pi / 4)`, right `sin((pan + 1) pi / 4)`: -3 dB each at the centre, and the
    /// same power everywhere.
    ConstantPower,
}

/// A mixer's pan law.
#[derive(Debug, Default)]
pub(crate) struct LawCell(AtomicU8);

impl LawCell {
    pub(crate) fn get(&self) -> PanLaw {
        match self.0.load(Ordering::Relaxed) {
            0 => PanLaw::Balance,
            _ => PanLaw::ConstantPower,
        }
    }

    pub(crate) fn set(&self, law: PanLaw) {
        self.0
            .store(u8::from(law == PanLaw::ConstantPower), Ordering::Relaxed);
    }
}

impl PanLaw {
    /// The gains of the left and the right side; `pans`: one channel moves between them.
    pub(crate) fn gains(self, volume: f32, pan: f32, pans: bool) -> [f32; 2] {
        let (volume, balance) = match (self, pans) {
            (Self::ConstantPower, true) => as_balance(volume, pan),
            _ => (volume, pan),
        };
        [1.0 - balance.max(0.0), 1.0 + balance.min(0.0)].map(|it| it * volume)
    }
}

/// The volume and the balance whose gains are those of a volume and a pan under constant power.
pub(crate) fn as_balance(volume: f32, pan: f32) -> (f32, f32) {
    let (right, left) = ((f64::from(pan) + 1.0) * std::f64::consts::FRAC_PI_4).sin_cos();
    let (near, far) = (left.max(right), left.min(right));
    let balance = (1.0 - far / near).clamp(0.0, 1.0).copysign(right - left);
    ((f64::from(volume) * near) as f32, balance as f32)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_PI_4;

    use super::*;

    #[test]
    fn volume_and_balance_have_the_gains_of_constant_power() {
        for step in -100..=100i16 {
            let pan = f32::from(step) / 100.0;
            let (volume, balance) = as_balance(2.0, pan);
            assert!((-1.0..=1.0).contains(&balance) && (0.0..=2.0).contains(&volume));
            let heard = PanLaw::ConstantPower.gains(2.0, pan, true);
            assert_eq!(heard, PanLaw::Balance.gains(volume, balance, true));
            let angle = (f64::from(pan) + 1.0) * FRAC_PI_4;
            for (heard, expected) in heard.into_iter().zip([angle.cos(), angle.sin()]) {
                let expected = (2.0 * expected) as f32;
                assert!((heard - expected).abs() < 1e-6, "{pan}: {heard} {expected}");
            }
        }
    }

    #[test]
    fn ends_and_centre_are_exact() {
        assert_eq!(as_balance(1.0, -1.0), (1.0, -1.0));
        assert_eq!(as_balance(1.0, 1.0), (1.0, 1.0));
        assert_eq!(as_balance(0.0, 0.5).0, 0.0);
        let (volume, balance) = as_balance(4.0, 0.0);
        assert!((volume - 8.0f32.sqrt()).abs() < 1e-6 && balance.abs() < 1e-6);
    }
}
