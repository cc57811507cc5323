# What the library is built from and with, for native/Makefile and ../build.rs, which reads these
# lines as they stand: one `NAME := words` a line, no variables, no continuation.

# Folders of sources. The shim's is read flat; the portable classes' and the render core's, which
# Apple's systems do without, are read to any depth.
SHIM := .
PORTABLE := avfaudio
RENDER := render

WARNINGS := -Wall -Wextra
OBJC := -fblocks -fexceptions
C := -std=c11

APPLE_OBJC := -fno-objc-arc -fobjc-exceptions
APPLE_FRAMEWORKS := AVFoundation AudioToolbox Foundation

# GNUstep's flags without what is for its own makefiles.
GNUSTEP_WITHOUT := -MMD -MP -I. -g -Wall -O0 -O1 -O2 -O3 -Os
# Before GNUstep, which exports block functions of its own that copy nothing.
GNUSTEP_BEFORE := BlocksRuntime
PACKAGES := samplerate
# Only their headers are needed: they are loaded when a device is opened.
LOADED := portaudio-2.0
