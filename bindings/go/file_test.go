// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

func write(t *testing.T, path string, settings perbus.FileSettings, planar [][]float32) {
	t.Helper()
	file := must(perbus.CreateFile(path, settings))
	ok(t, file.Write(planar))
	ok(t, file.Finish())
	ok(t, file.Close())
}

func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "steps")
	planar := [][]float32{make([]float32, 1000), make([]float32, 1000)}
	for i := range planar[0] {
		planar[0][i], planar[1][i] = float32(i)/1024, -float32(i)/2048
	}
	for _, kind := range []struct {
		settings  perbus.FileSettings
		codec     string
		tolerance float32
	}{
		{perbus.FileSettings{}, "float 32 bit", 0},
		{perbus.FileSettings{Samples: perbus.Int24, Undithered: true}, "PCM 24 bit", 0},
		{perbus.FileSettings{Samples: perbus.Int16}, "PCM 16 bit", 1.5 / 32768},
		{perbus.FileSettings{Type: perbus.FLAC, Samples: perbus.Int16, Undithered: true}, "FLAC 16 bit", 0},
		{perbus.FileSettings{Type: perbus.OggVorbis, Quality: 0.9}, "Vorbis", 0.03},
	} {
		kind.settings.Format = format(2)
		write(t, path, kind.settings, planar)
		file := must(perbus.OpenFile(path))
		info := must(file.Info())
		equal(t, info.Codec, kind.codec)
		equal(t, info.Format, format(2))
		equal(t, info.Frames, int64(1000))
		read := [][]float32{make([]float32, 600), make([]float32, 600)}
		for _, start := range []int{0, 600} {
			count := must(file.Read(read))
			equal(t, count, map[int]int{0: 600, 600: 400}[start])
			for channel, samples := range read {
				for i, sample := range samples[:count] {
					near(t, sample, planar[channel][start+i], kind.tolerance)
				}
			}
		}
		if count, err := file.Read(read); count != 0 || err != io.EOF {
			t.Fatalf("%d frames and %v after the end", count, err)
		}
		ok(t, file.SeekTo(999))
		equal(t, must(file.Read(read)), 1)
		near(t, read[0][0], planar[0][999], kind.tolerance)
		fails(t, file.SeekTo(1001), perbus.ErrOutOfRange)
		fails(t, file.Write(read), perbus.ErrWrongKind)
		fails(t, file.Finish(), perbus.ErrWrongKind)
		ok(t, file.Close())
		ok(t, file.Close())
		_, err := file.Read(read)
		fails(t, err, perbus.ErrClosed)
		fails(t, file.SeekTo(0), perbus.ErrClosed)
	}
}

func TestFilesAppearWhenTheyAreComplete(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "made.wav")
	file := must(perbus.CreateFile(path, perbus.FileSettings{Format: format(1)}))
	nan := float32(math.NaN())
	ok(t, file.Write([][]float32{{0.5, nan}}))
	equal(t, must(file.Info()).Invalid, uint64(1))
	fails(t, file.Write([][]float32{{1}, {1}}), perbus.ErrFormat)
	_, err := file.Read([][]float32{{0}})
	fails(t, err, perbus.ErrWrongKind)
	ok(t, file.Close())
	equal(t, len(must(os.ReadDir(folder))), 0)
	file = must(perbus.CreateFile(path, perbus.FileSettings{Format: format(1)}))
	ok(t, file.Write([][]float32{{0.5, nan}}))
	ok(t, file.Finish())
	fails(t, file.Finish(), perbus.ErrWrongKind)
	ok(t, file.Close())
	equal(t, len(must(os.ReadDir(folder))), 1)
	read := [][]float32{{9, 9, 9}}
	file = must(perbus.OpenFile(path))
	equal(t, must(file.Read(read)), 2)
	equal(t, *(*[3]float32)(read[0]), [3]float32{0.5, 0, 9})
	ok(t, file.Close())
}

func TestFilesThatCannotBe(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "cut.wav")
	write(t, path, perbus.FileSettings{Format: format(1)}, [][]float32{make([]float32, 1000)})
	ok(t, os.Truncate(path, must(os.Stat(path)).Size()-400))
	file := must(perbus.OpenFile(path))
	samples := [][]float32{make([]float32, 1000)}
	equal(t, must(file.Read(samples)), 900)
	_, err := file.Read(samples)
	fails(t, err, perbus.ErrDamaged)
	ok(t, file.Close())
	text := filepath.Join(folder, "text.wav")
	ok(t, os.WriteFile(text, []byte("no sound"), 0o666))
	_, err = perbus.OpenFile(text)
	fails(t, err, perbus.ErrUnsupported)
	_, err = perbus.OpenFile(filepath.Join(folder, "missing.wav"))
	fails(t, err, perbus.ErrFile)
	var full *perbus.Error
	equal(t, errors.As(err, &full) && full.OSCode == 2, true)
	_, err = perbus.OpenFile("a\x00b")
	fails(t, err, perbus.ErrInvalidArgument)
	for _, refused := range []struct {
		settings perbus.FileSettings
		status   perbus.Status
	}{
		{perbus.FileSettings{}, perbus.ErrFormat},
		{perbus.FileSettings{Format: format(1), Type: 3}, perbus.ErrInvalidArgument},
		{perbus.FileSettings{Format: format(1), Type: perbus.FLAC}, perbus.ErrInvalidArgument},
		{perbus.FileSettings{Format: format(9), Type: perbus.FLAC, Samples: perbus.Int16}, perbus.ErrUnsupported},
		{perbus.FileSettings{Format: format(1), Type: perbus.OggVorbis, Quality: 2}, perbus.ErrOutOfRange},
	} {
		_, err := perbus.CreateFile(filepath.Join(folder, "refused"), refused.settings)
		fails(t, err, refused.status)
	}
	_, err = perbus.CreateFile(filepath.Join(folder, "nowhere", "a.wav"), perbus.FileSettings{Format: format(1)})
	fails(t, err, perbus.ErrFile)
	var none *perbus.File
	fails(t, none.SeekTo(0), perbus.ErrInvalidArgument)
	ok(t, none.Close())
	equal(t, len(must(os.ReadDir(folder))), 2)
}

func TestBuffersAreLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "half.wav")
	samples := make([]float32, 24000)
	for i := range samples {
		samples[i] = 0.5
	}
	write(t, path, perbus.FileSettings{Format: perbus.Format{SampleRate: 24000, Channels: 1}}, [][]float32{samples})
	_, err := perbus.LoadBufferWithLimit(path, rate, 191_999)
	fails(t, err, perbus.ErrFile)
	_, err = perbus.LoadBuffer(path, 0)
	fails(t, err, perbus.ErrFormat)
	buffer := must(perbus.LoadBuffer(path, rate))
	equal(t, buffer.Frames(), 48000)
	equal(t, buffer.Format(), format(1))
	engine := offline(t, 1)
	player := must(engine.NewPlayer())
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	ok(t, player.Schedule(buffer))
	ok(t, player.Play())
	near(t, render(t, engine, 512)[0][511], 0.5, 1e-4)
}
