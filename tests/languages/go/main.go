// SPDX-License-Identifier: MIT OR Apache-2.0

// The runner in Go: a script's lines as calls of the module. See ../README.md.
package main

import (
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	perbus "github.com/perbus/perbus/bindings/go"
)

// errMissing says that an object of that name was never made.
var errMissing = errors.New("missing")

type runner struct {
	lines []string
	next  int
	line  int
	words []string
	out   strings.Builder

	engines map[string]*perbus.Engine
	nodes   map[string]perbus.Node
	names   map[perbus.NodeID]string
	buffers map[string]*perbus.Buffer
	groups  map[string]*perbus.Group
	scenes  map[string]*perbus.Scene
	all     map[string]*perbus.EngineScene
	fades   map[string]*perbus.Fade
	taps    map[string]*heard
	takes   map[string]*perbus.Recorder
	path    string

	scheduled int
	endings   sync.WaitGroup
	mu        sync.Mutex
	ended     map[int]perbus.BufferEnd
}

func main() {
	for _, path := range os.Args[1:] {
		if err := runFile(path); err != nil {
			log.Fatal(err)
		}
	}
}

func runFile(path string) error {
	script, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	r := &runner{
		lines:   strings.Split(strings.TrimSuffix(string(script), "\n"), "\n"),
		engines: map[string]*perbus.Engine{},
		nodes:   map[string]perbus.Node{},
		names:   map[perbus.NodeID]string{},
		buffers: map[string]*perbus.Buffer{},
		groups:  map[string]*perbus.Group{},
		scenes:  map[string]*perbus.Scene{},
		all:     map[string]*perbus.EngineScene{},
		fades:   map[string]*perbus.Fade{},
		taps:    map[string]*heard{},
		takes:   map[string]*perbus.Recorder{},
		path:    path,
		ended:   map[int]perbus.BufferEnd{},
	}
	for r.next < len(r.lines) {
		r.run()
	}
	return os.WriteFile(path+".go", []byte(r.out.String()), 0o644)
}

// run runs the next line; a batch runs those that follow it.
func (r *runner) run() {
	r.words = strings.Split(r.lines[r.next], " ")
	r.next++
	line := r.next
	r.line = line
	var answer string
	var err error
	if r.words[0] == "batch" {
		err = r.batch()
	} else {
		answer, err = r.answer()
	}
	var failure *perbus.Error
	switch {
	case errors.Is(err, errMissing):
		answer = "none"
	case errors.As(err, &failure):
		answer = fmt.Sprintf("err %d %s", int32(failure.Status), failure.Message)
	case err != nil:
		log.Fatalf("line %d: %v", line, err)
	case answer == "":
		answer = "ok"
	case answer != "n/a":
		answer = "ok " + answer
	}
	fmt.Fprintf(&r.out, "%d %s\n", line, answer)
}

func (r *runner) batch() error {
	engine, end := r.engines[r.words[1]], r.next+r.number(2)
	if engine == nil {
		return errMissing
	}
	return engine.Batch(func() error {
		for r.next < end {
			r.run()
		}
		return nil
	})
}

func (r *runner) number(word int) int { return int(r.long(word)) }

func (r *runner) long(word int) int64 {
	value, err := strconv.ParseInt(r.words[word], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func (r *runner) real(word int) float32 { return float(r.words[word]) }

func float(word string) float32 {
	value, err := strconv.ParseFloat(word, 32)
	if err != nil {
		log.Fatal(err)
	}
	return float32(value)
}

func (r *runner) on(word int) bool { return r.words[word] == "1" }

func (r *runner) length(word int) time.Duration {
	return time.Duration(r.long(word)) * time.Millisecond
}

func (r *runner) format(word int) perbus.Format {
	rate, err := strconv.ParseFloat(r.words[word], 64)
	if err != nil {
		log.Fatal(err)
	}
	return perbus.Format{SampleRate: rate, Channels: r.number(word + 1)}
}

func (r *runner) keep(node perbus.Node, err error) (string, error) {
	if err == nil {
		r.nodes[r.words[1]] = node
		r.names[node.ID()] = r.words[1]
	}
	return "", err
}

func bits(values ...float32) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = fmt.Sprintf("%08x", math.Float32bits(value))
	}
	return strings.Join(words, " ")
}

func real(value float32, err error) (string, error) { return bits(value), err }

func plain(value any, err error) (string, error) { return fmt.Sprint(value), err }

func done(err error) (string, error) { return "", err }

func controlled(value float32, control perbus.Control, err error) (string, error) {
	return bits(value) + " " + control.String(), err
}

func metered(m perbus.Meter, err error) (string, error) {
	return fmt.Sprint(bits(m.Peak[0], m.Peak[1], m.RMS[0], m.RMS[1]), " ", m.Clips), err
}

func shown(format perbus.Format) string {
	return strconv.FormatFloat(format.SampleRate, 'f', -1, 64) + " " + strconv.Itoa(format.Channels)
}

func (r *runner) point(point *perbus.Endpoint) string {
	if point == nil {
		return "nothing"
	}
	name, known := r.names[point.Node]
	if !known {
		name = "unknown"
	}
	return fmt.Sprint(name, " ", point.Bus)
}

func sample(frame int64, channel, seed int) float32 {
	place := frame*73 + int64(channel)*179 + int64(seed)*31
	return float32((place%257+257)%257-128) / 256
}

// entries reads seven words a bus.
func (r *runner) entries(word int) []perbus.BusConfig {
	var entries []perbus.BusConfig
	for ; word+7 <= len(r.words); word += 7 {
		entry := perbus.BusConfig{Bus: r.number(word)}
		words := r.words[word+1:]
		if words[0] != "-" {
			entry.Volume = perbus.Float(float(words[0]))
		}
		if words[1] != "-" {
			entry.Pan = perbus.Float(float(words[1]))
		}
		if words[2] != "-" {
			entry.Muted = perbus.Bool(words[2] == "1")
		}
		if words[3] != "-" {
			entry.Soloed = perbus.Bool(words[3] == "1")
		}
		if words[4] != "-" {
			entry.Label = perbus.String(words[4][1:])
		}
		if words[5] != "-" {
			entry.SoloSafe = perbus.Bool(words[5] == "1")
		}
		entries = append(entries, entry)
	}
	return entries
}

func listedAll(scene *perbus.EngineScene) string {
	var mixers []string
	for i := range scene.Mixers {
		mixers = append(mixers, scene.Mixers[i].Mixer+": "+listed(&scene.Mixers[i].Scene))
	}
	for _, group := range scene.Groups {
		mixers = append(mixers, listedGroup(group))
	}
	return strings.Join(mixers, "; ")
}

// orDash is a value, or a dash for nil.
func orDash[T any](value *T, show func(value T) string) string {
	if value == nil {
		return "-"
	}
	return show(*value)
}

func flag(value bool) string {
	if value {
		return "1"
	}
	return "0"
}

func oneBits(value float32) string { return bits(value) }

func labelled(text string) string { return "=" + text }

func listedGroup(it perbus.GroupConfig) string {
	members, inner := "-", "-"
	if it.Members != nil {
		var places []string
		for _, member := range it.Members {
			places = append(places, fmt.Sprintf("%s/%d", member.Mixer, member.Bus))
		}
		members = strings.Join(places, ",")
	}
	if it.InnerGroups != nil {
		var numbers []string
		for _, number := range it.InnerGroups {
			numbers = append(numbers, strconv.Itoa(number))
		}
		inner = strings.Join(numbers, ",")
	}
	return fmt.Sprintf("group %d: %s %s %s %s [%s] [%s]", it.Group, orDash(it.Volume, oneBits),
		orDash(it.Muted, flag), orDash(it.Soloed, flag), orDash(it.Name, labelled), members, inner)
}

func listed(scene *perbus.Scene) string {
	var words []string
	for _, it := range scene.Buses {
		tap := orDash(it.SendTap, func(tap perbus.SendTap) string { return flag(tap == perbus.PostFader) })
		words = append(words, strconv.Itoa(it.Bus), orDash(it.Volume, oneBits), orDash(it.Pan, oneBits),
			orDash(it.Muted, flag), orDash(it.Soloed, flag), orDash(it.Label, labelled),
			orDash(it.SoloSafe, flag), tap)
	}
	law := orDash(scene.PanLaw, func(law perbus.PanLaw) string { return flag(law == perbus.ConstantPower) })
	return strings.Join(append(words, orDash(scene.OutputVolume, oneBits), law), " ")
}

const hashBegin = 0xCBF29CE484222325

// hashed is FNV-1a over the samples' bytes, channel after channel.
func hashed(hash uint64, planar [][]float32) uint64 {
	for _, samples := range planar {
		for _, sample := range samples {
			for raw, i := math.Float32bits(sample), 0; i < 4; i++ {
				hash = (hash ^ uint64(raw>>(8*i)&0xFF)) * 0x100000001B3
			}
		}
	}
	return hash
}

func (r *runner) render(engine *perbus.Engine, frames int) (string, error) {
	planar := make([][]float32, engine.Format().Channels)
	for channel := range planar {
		planar[channel] = make([]float32, frames)
	}
	if err := engine.Render(planar); err != nil {
		return "", err
	}
	answer := fmt.Sprintf("%016x", hashed(hashBegin, planar))
	for _, samples := range planar {
		if frames > 0 {
			answer += " " + bits(samples[0], samples[frames/2], samples[frames-1])
		}
	}
	return answer, nil
}

// scene keeps a scene that is made of another one.
func (r *runner) scene(of func(scene *perbus.Scene) (*perbus.Scene, error)) (string, error) {
	from := r.scenes[r.words[2]]
	if from == nil {
		return "", errMissing
	}
	scene, err := of(from)
	if err != nil {
		return "", err
	}
	r.scenes[r.words[1]] = scene
	return listed(scene), nil
}

func (r *runner) engineScene(scene *perbus.EngineScene, err error) (string, error) {
	if err != nil {
		return "", err
	}
	r.all[r.words[1]] = scene
	return listedAll(scene), nil
}

func (r *runner) fadeBus(of func(bus *perbus.Bus) (*perbus.Fade, error)) (string, error) {
	bus, err := r.bus(2)
	if err != nil {
		return "", err
	}
	return r.fade(func() (*perbus.Fade, error) { return of(bus) })
}

func (r *runner) fade(start func() (*perbus.Fade, error)) (string, error) {
	fade, err := start()
	if err == nil {
		r.fades[r.words[1]] = fade
	}
	return "", err
}

func (r *runner) schedule(player *perbus.Player) (string, error) {
	buffer, flags, line := r.buffers[r.words[2]], r.number(4), r.line
	if buffer == nil {
		return "", errMissing
	}
	how := perbus.Schedule{
		Loops:            flags&1 != 0,
		Interrupts:       flags&2 != 0,
		InterruptsAtLoop: flags&4 != 0,
		Ended: func(end perbus.BufferEnd) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.ended[line] = end
			r.endings.Done()
		},
	}
	if r.words[3] != "-" {
		how.At = perbus.Frame(r.long(3))
	}
	r.endings.Add(1)
	err := player.ScheduleWith(buffer, how, nil)
	if err != nil {
		r.endings.Done()
	}
	return "", err
}

func (r *runner) ends() (string, error) {
	all := make(chan struct{})
	go func() { r.endings.Wait(); close(all) }()
	select {
	case <-all:
	case <-time.After(20 * time.Second):
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []int
	for line := range r.ended {
		lines = append(lines, line)
	}
	sort.Ints(lines)
	var words []string
	for _, line := range lines {
		end := []string{"played", "interrupted", "stopped", "detached"}[r.ended[line]]
		words = append(words, strconv.Itoa(line), end)
	}
	return strings.Join(words, " "), nil
}
