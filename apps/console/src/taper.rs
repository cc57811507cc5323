//! Where decibels are on a fader's and a meter's scale.

use perbus::{decibels, MAX_VOLUME};

/// Decibels, and how far up they are; linear in between. Below the first, a fader is closed.
const POINTS: [(f32, f32); 6] = [
    (-60.0, 0.0),
    (-40.0, 0.14),
    (-20.0, 0.38),
    (-10.0, 0.58),
    (0.0, 0.79),
    (12.0, 1.0),
];

/// The lowest that a fader is moved to before it is closed.
pub(crate) const LOWEST: f32 = POINTS[0].0;

/// The highest that a fader goes to: what the library lets a volume be.
pub(crate) fn highest() -> f32 {
    decibels::to_db(MAX_VOLUME)
}

/// 0 at the bottom, 1 at the top.
pub(crate) fn position(db: f32) -> f32 {
    if db.is_nan() || db <= LOWEST {
        return 0.0;
    }
    let above = POINTS.iter().position(|(level, _)| db <= *level);
    let Some(above) = above.filter(|at| *at > 0) else {
        return 1.0;
    };
    let ((low, from), (high, to)) = (POINTS[above - 1], POINTS[above]);
    from + (to - from) * (db - low) / (high - low)
}

/// The other way round; minus infinity at the bottom.
pub(crate) fn decibels_at(position: f32) -> f32 {
    if position.is_nan() || position <= 0.0 {
        return f32::NEG_INFINITY;
    }
    let above = POINTS.iter().position(|(_, height)| position <= *height);
    let Some(above) = above.filter(|at| *at > 0) else {
        return highest();
    };
    let ((low, from), (high, to)) = (POINTS[above - 1], POINTS[above]);
    low + (high - low) * (position - from) / (to - from)
}

/// A fader's next stop, in tenths of a decibel.
pub(crate) fn nudged(db: f32, by: f32) -> f32 {
    if db < LOWEST {
        return if by > 0.0 { LOWEST } else { f32::NEG_INFINITY };
    }
    let next = ((db + by) * 10.0).round() / 10.0;
    if next < LOWEST {
        f32::NEG_INFINITY
    } else {
        next.min(highest())
    }
}

/// For a strip: one decimal, with its sign.
pub(crate) fn shown(db: f32) -> String {
    if db < -99.9 {
        return "-inf".to_owned();
    }
    // Not -0.0.
    let rounded = (db * 10.0).round() / 10.0 + 0.0;
    if rounded == 0.0 {
        "0.0".to_owned()
    } else {
        format!("{rounded:+.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_decibels_are_each_others_inverse() {
        for db in [-59.0, -40.0, -33.3, -20.0, -3.0, 0.0, 6.0, 12.0] {
            let back = decibels_at(position(db));
            assert!((back - db).abs() < 1e-3, "{db} {back}");
        }
        assert_eq!(position(f32::NEG_INFINITY), 0.0);
        assert_eq!(position(40.0), 1.0);
        assert_eq!(position(f32::NAN), 0.0);
        assert_eq!(decibels_at(0.0), f32::NEG_INFINITY);
        assert_eq!(decibels_at(2.0), highest());
    }

    #[test]
    fn a_fader_stops_at_its_ends() {
        assert_eq!(nudged(0.04, 1.0), 1.0);
        assert_eq!(nudged(-60.0, -0.1), f32::NEG_INFINITY);
        assert_eq!(nudged(f32::NEG_INFINITY, -1.0), f32::NEG_INFINITY);
        assert_eq!(nudged(f32::NEG_INFINITY, 1.0), -60.0);
        assert_eq!(nudged(11.9, 1.0), highest());
        assert_eq!(nudged(highest(), 6.0), highest());
    }

    #[test]
    fn levels_are_shown_with_one_decimal() {
        let levels = [0.0, -0.04, 12.04, -6.02, -100.0, f32::NEG_INFINITY].map(shown);
        assert_eq!(levels, ["0.0", "0.0", "+12.0", "-6.0", "-inf", "-inf"]);
    }
}
