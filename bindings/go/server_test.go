// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startServer starts a PulseAudio server of the test's own, with the sinks "first" and "second". A
// server that is killed starts again.
func startServer(t *testing.T) {
	t.Helper()
	names := []string{"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_SERVER"}
	ready := fmt.Sprintf("echo $%s; cat", strings.Join(names, "; echo $"))
	server := exec.Command("sh", "../../tools/with-pulse.sh", "sh", "-c", ready)
	input := must(server.StdinPipe())
	output := bufio.NewReader(must(server.StdoutPipe()))
	ok(t, server.Start())
	t.Cleanup(func() {
		ok(t, input.Close())
		_ = server.Wait()
	})
	for _, name := range names {
		line := strings.TrimSpace(must(output.ReadString('\n')))
		if name == names[0] && !strings.HasPrefix(line, "/") {
			fmt.Println(line)
			t.Skip(line)
		}
		t.Setenv(name, line)
	}
	t.Setenv("PERBUS_AUDIO", "")
	ok(t, os.Unsetenv("PERBUS_AUDIO"))
}

// killServer ends it as a crash does.
func killServer(t *testing.T) {
	t.Helper()
	file := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "pid")
	number := must(strconv.Atoi(strings.TrimSpace(string(must(os.ReadFile(file))))))
	ok(t, syscall.Kill(number, syscall.SIGKILL))
}

// hears reports whether a sink plays a value on the left for 0.1 s, within two seconds of its sound.
func hears(t *testing.T, sink string, value float32) bool { return hearsNear(t, sink, value, 0) }

func hearsNear(t *testing.T, sink string, value, tolerance float32) bool {
	t.Helper()
	monitor := exec.Command("parec", "--device="+sink+".monitor", "--rate=48000", "--channels=2",
		"--format=float32le", "--raw", "--latency-msec=20")
	output := bufio.NewReader(must(monitor.StdoutPipe()))
	ok(t, monitor.Start())
	defer func() {
		_ = monitor.Process.Kill()
		_ = monitor.Wait()
	}()
	frame, found := make([]byte, 8), 0
	for i := 0; i < 2*rate && found < rate/10; i++ {
		if _, err := io.ReadFull(output, frame); err != nil {
			return false
		}
		found++
		heard := math.Float32frombits(binary.LittleEndian.Uint32(frame))
		if !(math.Abs(float64(heard-value)) <= float64(tolerance)) {
			found = 0
		}
	}
	return found == rate/10
}

// reaches reports whether something comes true within four seconds.
func reaches(condition func() bool) bool {
	for end := time.Now().Add(4 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return condition()
		}
	}
	return true
}
