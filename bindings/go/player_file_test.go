// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	perbus "github.com/perbus/perbus/bindings/go"
)

// song is a file of noise, opened, and its samples.
func song(t *testing.T, form perbus.Format, frames int) (*perbus.File, [][]float32) {
	t.Helper()
	random, whole := rand.New(rand.NewSource(5)), planar(form.Channels, frames)
	for _, samples := range whole {
		for i := range samples {
			samples[i] = 2*random.Float32() - 1
		}
	}
	path := filepath.Join(t.TempDir(), "song.wav")
	write(t, path, perbus.FileSettings{Format: form}, whole)
	file := must(perbus.OpenFile(path))
	t.Cleanup(func() { _ = file.Close() })
	return file, whole
}

func same(t *testing.T, got [][]float32, want ...[]float32) {
	t.Helper()
	for channel, samples := range want {
		equal(t, len(got[channel]), len(samples))
		for i, sample := range samples {
			if got[channel][i] != sample {
				t.Fatalf("frame %d of channel %d: got %v, want %v", i, channel, got[channel][i], sample)
			}
		}
	}
}

func playerOf(t *testing.T, engine *perbus.Engine, file *perbus.File) *perbus.Player {
	t.Helper()
	player := must(engine.NewPlayerForFile(file))
	ok(t, engine.Connect(player, engine.MainMixer(), 0, 0))
	return player
}

func TestFilesAreHeardAsTheyAre(t *testing.T) {
	engine := offline(t, 2)
	file, whole := song(t, format(2), 5000)
	player := playerOf(t, engine, file)
	equal(t, must(player.Position()), perbus.Position{FileFrame: -1})
	ends, completed := make(chan perbus.BufferEnd, 1), make(chan struct{})
	ok(t, player.ScheduleFileWith(file, perbus.Schedule{
		At: perbus.Frame(100), Ended: func(end perbus.BufferEnd) { ends <- end },
	}, func() { close(completed) }))
	block := planar(2, 5)
	equal(t, must(file.Read(block)), 5)
	same(t, block, whole[0][:5], whole[1][:5])
	ok(t, file.Close())
	ok(t, player.Play())
	same(t, render(t, engine, 100), make([]float32, 100))
	same(t, render(t, engine, 5000), whole...)
	same(t, render(t, engine, 100), make([]float32, 100))
	equal(t, <-ends, perbus.BufferPlayed)
	<-completed
}

func TestSegmentsJoinAndLoopAndSeek(t *testing.T) {
	engine := offline(t, 1)
	file, planes := song(t, format(1), 5000)
	whole := planes[0]
	player := playerOf(t, engine, file)
	fails(t, player.SeekTo(0), perbus.ErrInvalidArgument)
	ends := make(chan perbus.BufferEnd, 2)
	ended := perbus.Schedule{Ended: func(end perbus.BufferEnd) { ends <- end }}
	ok(t, player.ScheduleSegment(file, 1000, 300))
	ok(t, player.ScheduleSegmentWith(file, 1300, 200, ended, nil))
	ended.Loops = true
	ok(t, player.ScheduleSegmentWith(file, 7, 50, ended, nil))
	ok(t, player.Play())
	same(t, render(t, engine, 500), whole[1000:1500])
	same(t, render(t, engine, 70), append(append([]float32{}, whole[7:57]...), whole[7:27]...))
	equal(t, must(player.Position()), perbus.Position{PlayerFrame: 570, FileFrame: 27, FileFrames: 5000})
	for _, frame := range []int64{6, 57, -1} {
		fails(t, player.SeekTo(frame), perbus.ErrOutOfRange)
	}
	ok(t, player.SeekTo(50))
	same(t, render(t, engine, 10), append(append([]float32{}, whole[50:57]...), whole[7:10]...))
	ok(t, player.ScheduleFileWith(file, perbus.Schedule{Interrupts: true}, nil))
	same(t, render(t, engine, 10), whole[:10])
	ok(t, player.SeekTo(4990))
	same(t, render(t, engine, 12), append(append([]float32{}, whole[4990:]...), 0, 0))
	equal(t, <-ends, perbus.BufferPlayed)
	equal(t, <-ends, perbus.BufferInterrupted)
}

func TestThePlayerConvertsAFilesRate(t *testing.T) {
	engine := offline(t, 1)
	file, _ := song(t, perbus.Format{SampleRate: 24000, Channels: 1}, 3000)
	player := playerOf(t, engine, file)
	ok(t, player.ScheduleSegment(file, 0, 1100))
	ok(t, player.ScheduleSegment(file, 1100, 1900))
	ok(t, player.ScheduleFile(file))
	ok(t, player.Play())
	parts := render(t, engine, 6000)
	same(t, render(t, engine, 3000), parts[0][:3000])
}

func TestAFileThatIsCutShortFails(t *testing.T) {
	engine := offline(t, 1)
	path, whole := filepath.Join(t.TempDir(), "cut.wav"), planar(1, 1000)
	for i := range whole[0] {
		whole[0][i] = float32(i) / 1024
	}
	write(t, path, perbus.FileSettings{Format: format(1)}, whole)
	ok(t, os.Truncate(path, must(os.Stat(path)).Size()-400))
	file := must(perbus.OpenFile(path))
	defer file.Close()
	player := playerOf(t, engine, file)
	ends := make(chan perbus.BufferEnd, 1)
	ok(t, player.ScheduleFileWith(file, perbus.Schedule{
		Ended: func(end perbus.BufferEnd) { ends <- end },
	}, nil))
	ok(t, player.Play())
	same(t, render(t, engine, 900), whole[0][:900])
	same(t, render(t, engine, 600), make([]float32, 600))
	equal(t, <-ends, perbus.BufferFailed)
}

func TestFilesThatCannotBePlayed(t *testing.T) {
	engine := offline(t, 1)
	file, _ := song(t, format(1), 1000)
	stereo, _ := song(t, format(2), 1000)
	player := playerOf(t, engine, file)
	never := func() { t.Error("a completion of what was not queued") }
	for _, part := range [][2]int64{{0, 0}, {0, 1001}, {1000, 1}, {-1, 2}, {1, -1}} {
		fails(t, player.ScheduleSegmentWith(file, part[0], part[1], perbus.Schedule{}, never), perbus.ErrOutOfRange)
	}
	fails(t, player.ScheduleFileWith(file, perbus.Schedule{At: perbus.Frame(1<<53 + 1)}, never), perbus.ErrOutOfRange)
	fails(t, player.ScheduleFileWith(stereo, perbus.Schedule{}, never), perbus.ErrFormat)
	fails(t, must(engine.NewPlayerForFile(stereo)).ScheduleFile(stereo), perbus.ErrNotConnected)
	fails(t, player.ScheduleFile(nil), perbus.ErrInvalidArgument)
	made := must(perbus.CreateFile(filepath.Join(t.TempDir(), "made.wav"), perbus.FileSettings{Format: format(1)}))
	defer made.Close()
	fails(t, player.ScheduleFile(made), perbus.ErrWrongKind)
	ok(t, stereo.Close())
	fails(t, player.ScheduleFileWith(stereo, perbus.Schedule{}, never), perbus.ErrClosed)
	_, err := engine.NewPlayerForFile(stereo)
	fails(t, err, perbus.ErrClosed)
	_, err = engine.NewPlayerForFile(nil)
	fails(t, err, perbus.ErrInvalidArgument)
	ok(t, player.Close())
	fails(t, player.ScheduleFile(file), perbus.ErrClosed)
	fails(t, player.SeekTo(0), perbus.ErrClosed)
	_, err = player.Position()
	fails(t, err, perbus.ErrClosed)
}
