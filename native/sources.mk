# What the library is built from, for native/Makefile and ../build.rs. The latter parses these lines:
# one `NAME := words` per line, no variables, no continuation.

# Folders of sources. The shim's is not searched recursively; those of the portable classes and the
# render core, which Apple's systems do not need, are.
SHIM := .
PORTABLE := avfaudio
RENDER := render
# Below the portable classes, Objective-C and C: what a build without files leaves out, with its
# packages.
FILES := avfaudio/files
FILE_PACKAGES := sndfile vorbisfile

# In the render core: beginnings of the names of sources that a build without devices leaves out, and
# of what it has in their place.
DEVICES := render/device/pick render/device/portaudio render/device/pulse
NO_DEVICES := render/device/no_devices

WARNINGS := -Wall -Wextra
OBJC := -fblocks -fexceptions
C := -std=c11
# Of what takes files and arguments from elsewhere; not of the render core, where a guard in each
# function that has an array costs a few nanoseconds per bus and block.
GUARDS := -fstack-protector-strong

APPLE_OBJC := -fno-objc-arc -fobjc-exceptions
APPLE_FRAMEWORKS := AVFoundation AudioToolbox Foundation

# Flags of GNUstep's that are meant for its own makefiles.
GNUSTEP_WITHOUT := -MMD -MP -I. -g -Wall -O0 -O1 -O2 -O3 -Os
# Linked before GNUstep, which exports block functions of its own that copy nothing.
GNUSTEP_BEFORE := BlocksRuntime
PACKAGES := samplerate
# Only their headers are needed: they are loaded when a device is opened.
LOADED := libpulse portaudio-2.0
