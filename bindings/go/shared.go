// SPDX-License-Identifier: MIT OR Apache-2.0

package perbus

// #include "native.h"
import "C"

import "sync"

// shared is a handle that may be closed while calls use it: the last of them ends it, so that neither waits
// for the other, and no lock is held in a call, which may wait for another goroutine's batch.
type shared struct {
	handle C.uintptr_t
	end    func(handle C.uintptr_t)

	mu     sync.Mutex
	calls  int // under way
	closed bool
}

// use begins a call, which leave ends; false once it is closed, and for a zero value.
func (s *shared) use() (C.uintptr_t, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.end == nil {
		return 0, false
	}
	s.calls++
	return s.handle, true
}

func (s *shared) leave() { s.done(false) }

// close reports whether it was open.
func (s *shared) close() bool {
	_, open := s.use()
	if open {
		s.done(true)
	}
	return open
}

func (s *shared) done(closes bool) {
	s.mu.Lock()
	s.calls--
	s.closed = s.closed || closes
	last := s.closed && s.calls == 0
	s.mu.Unlock()
	if last {
		s.end(s.handle)
	}
}
