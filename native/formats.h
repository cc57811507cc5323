// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Formats and their channel layouts, converted between the C API and AVFAudio.
#ifndef PERBUS_FORMATS_H
#define PERBUS_FORMATS_H

#import "shim.h"

perbus_status perbus__check_format(const perbus_format *format, perbus_error *error);

// A planar float32 AVAudioFormat, autoreleased; nil if AVFAudio has none of that shape.
AVAudioFormat *perbus__format(const perbus_format *format);
perbus_format perbus__describe(AVAudioFormat *format);
// With the actual layout: USUAL stands for another one, and one or two channels are never discrete.
perbus_format perbus__resolve(perbus_format format);
// The channels of a buffer in such a format: it always has them.
float *const *perbus__planes(AVAudioPCMBuffer *buffer);
// "48000 Hz and 6 channels (5.1)", autoreleased.
NSString *perbus__named(perbus_format format);
// What a source's render function fills; 0 channels for any other node.
perbus_format perbus__made_in(perbus_node *node);

// Whether a connection in this format (NULL: the source's) would lose a channel: one that the
// source makes or mixes, and one on the way into the destination.
perbus_status perbus__check_source_channels(perbus_engine *engine, perbus_node *source,
                                            uint32_t source_bus, const perbus_format *format,
                                            perbus_error *error);
perbus_status perbus__check_channels_into(perbus_engine *engine, perbus_node *source,
                                          uint32_t source_bus, const perbus_format *format,
                                          perbus_node *destination, perbus_error *error);

#endif
