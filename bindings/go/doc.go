// SPDX-License-Identifier: MIT OR Apache-2.0

// Package perbus is true per-bus volume and pan for AVAudioEngine mixers.
//
// AVAudioMixerNode has one output volume and no fader per input bus. The control exists on the
// other side: every connection from a source to a mixer has a volume and a pan of its own
// (AVAudioMixingDestination). This package keeps track of which source feeds which bus and turns
// "volume of mixer M, bus 3" into the call that does it. Each bus gets a channel strip, [Bus], whose
// values stay put while sources come and go.
//
// On Apple platforms it drives Apple's AVFAudio (compile-checked, not run on macOS); elsewhere a
// portable engine of the same classes, which renders real sound. Both are in the C library perbus,
// which is found with pkg-config.
//
// # Units
//
// Audio is planar: one []float32 a channel, full scale -1 to 1. Volumes are linear gains, 0
// (silence) over 1 (unity) to 4; beyond 1 they are undocumented on Apple. Pans run from -1 (left)
// over 0 to 1 (right). Buses are numbered from 0.
//
// # Errors
//
// Every failure is an [*Error], which [errors.Is] compares with the sentinel of its status, such as
// [ErrNotConnected]. Its message names the value at fault and its limit. A call that failed has
// changed nothing. What was closed is [ErrClosed], and a nil node or engine [ErrInvalidArgument].
//
// # Threads
//
// All methods may be called from any goroutine: graph changes (attach, detach, connect, disconnect)
// wait for one another and for per-bus calls, per-bus calls run beside one another, and rendering
// continues while they run.
//
// # Lifetimes
//
// [Engine.Close] ends an engine and all of its nodes; a node's own Close, and [Buffer.Close], end
// them earlier. [File.Close] closes a file. What is forgotten is closed some time after it became unreachable. Samples are
// copied both ways: C keeps no pointer into Go memory, and Go none into C's.
package perbus
