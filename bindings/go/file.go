// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import (
	"io"
	"runtime"
	"unsafe"
)

// File is an audio file: one that [OpenFile] reads in pieces, from any frame, or one that [CreateFile]
// writes. It is an AVAudioFile.
type File struct {
	file     shared
	channels int
}

// FileInfo is what a [File] has.
type FileInfo struct {
	Format Format
	// Frames is the length, without what an encoder has added. Of a truncated file, what it states
	// to have; while a file is written, what it has so far.
	Frames int64
	// Container is such as "WAV", Codec such as "PCM 24 bit".
	Container, Codec string
	// Invalid is how many samples so far were NaN or infinite: they are read, and written, as 0.
	Invalid uint64
}

// FileType is a kind of file that is written.
type FileType int

const (
	// WAV files have at most 4 GiB.
	WAV FileType = C.PERBUS_FILE_WAV
	// FLAC files have integers, and at most 8 channels.
	FLAC FileType = C.PERBUS_FILE_FLAC
	// OggVorbis files are lossy. Apple's engine does not write them.
	OggVorbis FileType = C.PERBUS_FILE_OGG_VORBIS
)

// FileSamples is how WAV and FLAC files keep samples.
type FileSamples int

const (
	// Float32 keeps values beyond full scale. FLAC does not have it.
	Float32 FileSamples = C.PERBUS_FILE_FLOAT_32
	// Int24 is clipped at full scale.
	Int24 FileSamples = C.PERBUS_FILE_INT_24
	// Int16 is clipped at full scale.
	Int16 FileSamples = C.PERBUS_FILE_INT_16
)

// FileSettings is how [CreateFile] and recorders write. The zero value is a WAV file of floats, for
// which CreateFile needs a format, too.
type FileSettings struct {
	// Format has a whole number of Hz. That of a [Recorder] is the mixer's, which the zero value
	// stands for.
	Format Format
	Type   FileType
	// Samples is of WAV and FLAC.
	Samples FileSamples
	// Quality is of Vorbis, above 0 to 1; 0 stands for 0.5.
	Quality float32
	// Undithered rounds integers only. Otherwise triangular noise of at most one step is added first,
	// the same in each file.
	Undithered bool
}

// OpenFile opens a file for reading, of any format that the library reads.
//
// [ErrFile] when the system refuses, [ErrUnsupported] when it is of no such format, [ErrDamaged] when
// it is empty or its headers make no sense.
//
// Maps to initForReading:error:.
func OpenFile(path string) (*File, error) {
	name, free, err := pathOf(path)
	if err != nil {
		return nil, err
	}
	defer free()
	return newFile(C.pbgo_file_open(name))
}

// CreateFile begins a file, which takes its name when it is finished. Until then whatever has that
// name stays as it is.
//
// [ErrFile] when the system refuses, [ErrUnsupported] when the type cannot have that rate or so many
// channels, [ErrFormat] and [ErrInvalidArgument] for settings that make no sense, [ErrOutOfRange] for
// the quality.
//
// Maps to initForWriting:settings:commonFormat:interleaved:error:.
func CreateFile(path string, settings FileSettings) (*File, error) {
	name, free, err := pathOf(path)
	if err != nil {
		return nil, err
	}
	defer free()
	return newFile(C.pbgo_file_create(name, settings.native()))
}

func (s FileSettings) native() C.perbus_file_settings {
	return C.perbus_file_settings{
		format:     s.Format.native(),
		_type:      C.perbus_file_type(s.Type),
		samples:    C.perbus_file_samples(s.Samples),
		quality:    C.float(s.Quality),
		undithered: C.bool(s.Undithered),
	}
}

// pathOf is a path as C takes it, and how it is freed.
func pathOf(path string) (*C.char, func(), error) {
	for _, letter := range []byte(path) {
		if letter == 0 {
			return nil, nil, failf(ErrInvalidArgument, "the path %q has a NUL in it", path)
		}
	}
	name := C.CString(path)
	return name, func() { C.free(unsafe.Pointer(name)) }, nil
}

func newFile(opened C.pbgo_found) (*File, error) {
	if err := check(opened.failure); err != nil {
		return nil, err
	}
	f := &File{}
	f.file.handle = C.uintptr_t(opened.number)
	f.file.end = func(file C.uintptr_t) { C.pbgo_file_destroy(file) }
	runtime.SetFinalizer(f, func(f *File) { _ = f.Close() })
	info, err := f.Info()
	f.channels = info.Format.Channels
	return f, err
}

// with makes a call on the file, unless it is closed.
func (f *File) with(call func(file C.uintptr_t) *C.pbgo_failure) error {
	if f == nil {
		return failf(ErrInvalidArgument, "the file is nil")
	}
	file, open := f.file.use()
	if !open {
		return failf(ErrClosed, "the file is closed")
	}
	defer f.file.leave()
	return check(call(file))
}

// Info is what the file has.
func (f *File) Info() (FileInfo, error) {
	var info FileInfo
	err := f.with(func(file C.uintptr_t) *C.pbgo_failure {
		found := C.pbgo_file_get_info(file)
		if found.failure == nil {
			info = FileInfo{
				Format:    formatOf(found.value.format),
				Frames:    int64(found.value.frames),
				Container: C.GoString(found.value.container),
				Codec:     C.GoString(found.value.codec),
				Invalid:   uint64(found.value.invalid),
			}
		}
		return found.failure
	})
	return info, err
}

// Read reads the next frames into one slice a channel, all of one length, and returns how many it has
// read: as many as the slices hold, fewer only before the end or a fault. At the end it returns
// [io.EOF].
//
// [ErrDamaged] from where the file is damaged or ends early, [ErrUnsupported] from where its format
// changes, [ErrFormat] and [ErrInvalidArgument] for slices that do not fit, [ErrWrongKind] for a file
// that is being written.
//
// Maps to readIntoBuffer:frameCount:error:.
func (f *File) Read(planar [][]float32) (int, error) {
	if f == nil {
		return 0, failf(ErrInvalidArgument, "the file is nil")
	}
	frames, err := checkPlanar(planar, f.channels)
	if err != nil {
		return 0, err
	}
	flat := make([]C.float, len(planar)*int(frames)+1)
	var read int
	err = f.with(func(file C.uintptr_t) *C.pbgo_failure {
		found := C.pbgo_file_read(file, &flat[0], C.uint32_t(len(planar)), frames)
		read = int(found.number)
		return found.failure
	})
	if err != nil {
		return 0, err
	}
	for channel, samples := range planar {
		for i := range samples[:read] {
			samples[i] = float32(flat[channel*int(frames)+i])
		}
	}
	if read == 0 && frames > 0 {
		return 0, io.EOF
	}
	return read, nil
}

// SeekTo makes the next Read begin at a frame, from 0 to the file's length.
//
// [ErrOutOfRange] beyond the length, [ErrWrongKind] for a file that is being written.
//
// Maps to framePosition.
func (f *File) SeekTo(frame int64) error {
	return f.with(func(file C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_file_seek(file, C.int64_t(frame))
	})
}

// Write appends frames, one slice a channel and all of one length.
//
// [ErrFile] when the system refuses, with a full disk for instance, [ErrFormat] and
// [ErrInvalidArgument] for slices that do not fit, [ErrWrongKind] for a file that is being read.
//
// Maps to writeFromBuffer:error:.
func (f *File) Write(planar [][]float32) error {
	if f == nil {
		return failf(ErrInvalidArgument, "the file is nil")
	}
	frames, err := checkPlanar(planar, f.channels)
	if err != nil {
		return err
	}
	flat := flattened(planar)
	return f.with(func(file C.uintptr_t) *C.pbgo_failure {
		return C.pbgo_file_write(file, &flat[:1][0], C.uint32_t(len(planar)), frames)
	})
}

// Finish completes the file, which takes its name then. Close is still to be called.
//
// [ErrFile] when the system refuses, or a write has failed: then nothing is left of the file.
// [ErrWrongKind] for a file that is being read, or is finished.
func (f *File) Finish() error {
	return f.with(func(file C.uintptr_t) *C.pbgo_failure { return C.pbgo_file_finish(file) })
}

// Close closes the file; calling it again has no effect. Of a file that was created and not finished
// nothing is left.
func (f *File) Close() error {
	if f != nil {
		f.file.close()
	}
	return nil
}

// LoadLimit is the most bytes of samples that [LoadBuffer] decodes: 2 GiB.
const LoadLimit = 2 << 30

// LoadBuffer reads a whole audio file into a buffer, resampled to a rate in Hz. It has the file's
// channels.
//
// [ErrFile] when the file cannot be read, is damaged, or takes more than LoadLimit, [ErrFormat] for the
// rate, [ErrNoMemory].
func LoadBuffer(path string, sampleRate float64) (*Buffer, error) {
	return LoadBufferWithLimit(path, sampleRate, LoadLimit)
}

// LoadBufferWithLimit is [LoadBuffer] with a limit of one's own for the bytes of samples.
func LoadBufferWithLimit(path string, sampleRate float64, limit uint64) (*Buffer, error) {
	name, free, err := pathOf(path)
	if err != nil {
		return nil, err
	}
	defer free()
	loaded := C.pbgo_buffer_load(name, C.double(sampleRate), C.uint64_t(limit))
	if err := check(loaded.failure); err != nil {
		return nil, err
	}
	handle := C.uintptr_t(loaded.number)
	format, frames := C.pbgo_buffer_get_format(handle), C.pbgo_buffer_get_frames(handle)
	return newBuffer(handle, formatOf(format.value), int(frames.number)), nil
}
