// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The one place that chooses by platform. Both headers define the same functions: what Apple's
// AVFAudio and the portable one are asked for in different ways.
#ifndef PERBUS_PLATFORM_H
#define PERBUS_PLATFORM_H

#if defined(__APPLE__)
#include "apple.h"
#include "apple_file.h"
#else
#include "portable.h"
#include "portable_file.h"
#endif

#endif
