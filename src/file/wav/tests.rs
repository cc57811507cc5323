use super::*;

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn ramp(frames: usize) -> (Vec<f32>, Vec<f32>) {
    let left: Vec<f32> = (0..frames)
        .map(|i| i as f32 / frames as f32 - 0.5)
        .collect();
    let right = left.iter().map(|x| -x).collect();
    (left, right)
}

#[test]
fn round_trips_every_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let (left, right) = ramp(1001);
    for (encoding, step) in [
        (WavEncoding::Float32, 0.0),
        (WavEncoding::Int24, 0.5 / 8_388_608.0),
        (WavEncoding::Int16, 0.5 / 32_768.0),
    ] {
        let path = folder.path().join("out.wav");
        let mut writer = WavWriter::create(&path, 44_100.0, 2, encoding).unwrap();
        writer.write(&[&left[..500], &right[..500]]).unwrap();
        writer.write(&[&[], &[]]).unwrap();
        writer.write(&[&left[500..], &right[500..]]).unwrap();
        assert_eq!(writer.frames(), 1001);
        writer.finish().unwrap();

        let mut reader = hound::WavReader::open(&path).unwrap();
        let spec = reader.spec();
        assert_eq!((spec.sample_rate, spec.channels), (44_100, 2));
        assert_eq!(spec.bits_per_sample, encoding.bytes_per_sample() * 8);
        let full_scale = f64::from(1_u32 << (spec.bits_per_sample - 1));
        let samples: Vec<f64> = match spec.sample_format {
            hound::SampleFormat::Float => reader
                .samples::<f32>()
                .map(|s| f64::from(s.unwrap()))
                .collect(),
            hound::SampleFormat::Int => reader
                .samples::<i32>()
                .map(|s| f64::from(s.unwrap()) / full_scale)
                .collect(),
        };
        assert_eq!(samples.len(), 2002);
        for (i, frame) in samples.chunks(2).enumerate() {
            assert!(
                (frame[0] - f64::from(left[i])).abs() <= step,
                "{encoding:?} frame {i}"
            );
            assert!(
                (frame[1] - f64::from(right[i])).abs() <= step,
                "{encoding:?} frame {i}"
            );
        }
    }
    assert_eq!(names_in(folder.path()), ["out.wav"]);
}

#[test]
fn integers_clamp_and_floats_do_not() {
    assert_eq!(
        [2.0, 1.0, -1.0, -9.0].map(|x| to_int(x, 16)),
        [32_767, 32_767, -32_768, -32_768]
    );
    assert_eq!([2.0, -2.0].map(|x| to_int(x, 24)), [8_388_607, -8_388_608]);
    assert_eq!(to_int(f32::NAN, 24), 0);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loud.wav");
    let mut writer = WavWriter::create(&path, 48_000.0, 1, WavEncoding::Float32).unwrap();
    writer.write(&[&[1.5, -3.0]]).unwrap();
    writer.finish().unwrap();
    let samples: Vec<f32> = hound::WavReader::open(&path)
        .unwrap()
        .samples()
        .map(Result::unwrap)
        .collect();
    assert_eq!(samples, [1.5, -3.0]);
}

#[test]
fn dropped_writer_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.wav");
    fs::write(&path, b"before").unwrap();
    let mut writer = WavWriter::create(&path, 48_000.0, 1, WavEncoding::Int16).unwrap();
    writer.write(&[&[0.5; 100_000]]).unwrap();
    assert_eq!(names_in(folder.path()).len(), 2);
    drop(writer);
    assert_eq!(names_in(folder.path()), ["kept.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"before");
}

#[test]
fn finish_replaces_the_target_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.wav");
    fs::write(&path, b"before").unwrap();
    let mut writer = WavWriter::create(&path, 48_000.0, 1, WavEncoding::Int16).unwrap();
    writer.write(&[&[0.5; 10]]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"before");
    writer.finish().unwrap();
    assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 10);
    assert_eq!(names_in(folder.path()), ["old.wav"]);
}

#[test]
fn refuses_bad_formats_and_targets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.wav");
    for (rate, channels) in [
        (0.0, 1),
        (-48_000.0, 1),
        (44_100.5, 1),
        (f64::NAN, 1),
        (f64::INFINITY, 1),
        (1e9, 1),
        (48_000.0, 0),
        (48_000.0, MAX_CHANNELS + 1),
    ] {
        let error = WavWriter::create(&path, rate, channels, WavEncoding::Int16).unwrap_err();
        assert!(
            matches!(error, FileError::BadFormat { .. }),
            "{rate} {channels}: {error}"
        );
        assert!(error.to_string().contains("bad.wav"));
    }
    for target in [
        folder.path().to_path_buf(),
        folder.path().join("missing/out.wav"),
    ] {
        let error = WavWriter::create(&target, 48_000.0, 1, WavEncoding::Int16).unwrap_err();
        assert!(matches!(error, FileError::Write { .. }), "{error}");
    }
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn refuses_bad_shapes_and_stays_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shape.wav");
    let mut writer = WavWriter::create(&path, 48_000.0, 2, WavEncoding::Int16).unwrap();
    let shapes: [&[&[f32]]; 4] = [
        &[],
        &[&[0.0]],
        &[&[0.0], &[0.0], &[0.0]],
        &[&[0.0], &[0.0, 0.0]],
    ];
    for shape in shapes {
        let error = writer.write(shape).unwrap_err();
        assert!(matches!(error, FileError::BadShape { .. }), "{error}");
    }
    writer.write(&[&[0.0], &[0.0]]).unwrap();
    writer.finish().unwrap();
    assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 1);
}
