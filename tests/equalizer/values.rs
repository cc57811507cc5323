//! Bands are read as they were set; values out of range are refused and change nothing.

use perbus::{Band, Error, FilterType, Result, MAX_BANDS};

use crate::common::running;

#[test]
fn bands_read_back_and_bad_values_change_nothing() -> Result<()> {
    let engine = running(1);
    let equalizer = engine.create_equalizer(2)?;
    assert_eq!(equalizer.band_count()?, 2);
    assert!(equalizer.band(0)?.bypass);
    let good = Band {
        filter: FilterType::ResonantHighShelf,
        frequency: 23_999.0,
        gain: -96.0,
        bandwidth: 0.05,
        bypass: false,
    };
    equalizer.set_band(1, good)?;
    assert_eq!(equalizer.band(1)?, good);

    let bad = |frequency, gain, bandwidth| Band {
        frequency,
        gain,
        bandwidth,
        ..good
    };
    let bands = [
        (
            bad(0.0, 0.0, 1.0),
            "frequency 0 Hz is not above 0 and below 24000",
        ),
        (bad(24_000.0, 0.0, 1.0), "frequency 24000 Hz"),
        (bad(-1.0, 0.0, 1.0), "frequency -1 Hz"),
        (bad(f32::NAN, 0.0, 1.0), "frequency nan Hz"),
        (bad(f32::INFINITY, 0.0, 1.0), "frequency inf Hz"),
        (bad(100.0, 24.1, 1.0), "gain 24.1 is not in -96 to 24"),
        (bad(100.0, -96.1, 1.0), "gain -96.1"),
        (bad(100.0, f32::NAN, 1.0), "gain nan"),
        (bad(100.0, 0.0, 0.04), "bandwidth 0.04 is not in 0.05 to 5"),
        (bad(100.0, 0.0, 5.1), "bandwidth 5.1"),
        (bad(100.0, 0.0, f32::NAN), "bandwidth nan"),
    ];
    for (band, message) in bands {
        let error = equalizer.set_band(1, band).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{band:?}: {error:?}");
        assert!(error.to_string().starts_with(message), "{error}");
        assert_eq!(equalizer.band(1)?, good);
    }
    for gain in [24.1, -96.1, f32::NAN, f32::INFINITY] {
        let error = equalizer.set_global_gain(gain).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{gain}: {error:?}");
    }
    assert_eq!(equalizer.global_gain()?, 0.0);
    let error = equalizer.set_band(2, good).unwrap_err();
    assert_eq!(error.to_string(), "band 2: there are 2");
    assert!(matches!(equalizer.band(2), Err(Error::OutOfRange(_))));
    for bands in [0, MAX_BANDS + 1] {
        let error = engine.create_equalizer(bands).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{bands}: {error:?}");
    }
    assert_eq!(engine.create_equalizer(MAX_BANDS)?.band_count()?, MAX_BANDS);
    Ok(())
}
