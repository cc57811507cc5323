// SPDX-License-Identifier: MIT OR Apache-2.0
//
// RealtimeKit, which grants real-time priority to the threads of desktop users, who have no
// RLIMIT_RTPRIO. It is asked over the system's message bus, with libdbus, which is loaded when it is
// first needed; where PulseAudio's library is, so is libdbus.
//
// RealtimeKit grants it to processes with a limit on the time that their real-time threads may run
// without a rest (RLIMIT_RTTIME), past which the kernel kills them. So before it is asked, the limit
// is lowered to what it asks for. A thread that has used up half of that gets SIGXCPU; unless the
// program handles that signal, it then becomes an ordinary thread.
#ifndef PBR_DEVICE_RTKIT_H
#define PBR_DEVICE_RTKIT_H

#include <stdbool.h>

#include "render/plan/realtime.h"

// Waits up to half a second for each of three answers. False, and nothing changed for the thread, if
// RealtimeKit refuses or one of them does not come.
bool pbr_rtkit_raise(pbr_thread thread);

#endif
