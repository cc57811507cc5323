// SPDX-License-Identifier: MIT OR Apache-2.0
#import "AVAudioEngine+Perbus.h"

#import "desk.h"
#import "failure.h"

// A bus as C has it. One that is too large for that is out of range there, too.
static uint32_t number_of(AVAudioNodeBus bus) {
    return bus > UINT32_MAX ? UINT32_MAX : (uint32_t)bus;
}

// The format in C, or NULL for nil.
static BOOL describe(AVAudioFormat *format, perbus_format *described,
                     const perbus_format **out_format, NSError **error) {
    *out_format = NULL;
    if (format == nil) {
        return YES;
    }
    perbus_error why = {0, ""};
    if (!PBDeskDone(perbus_format_from_native((__bridge void *)format, described, &why), &why,
                    error)) {
        return NO;
    }
    *out_format = described;
    return YES;
}

// Runs the call with the handle of a node.
static BOOL with_node(AVAudioEngine *engine, AVAudioNode *node, NSError **error,
                      perbus_status (^call)(perbus_desk_engine *, perbus_desk_node *,
                                            perbus_error *)) {
    PBDesk *desk = [PBDesk deskOfEngine:engine error:error];
    perbus_desk_node *handle = [desk copyNode:node attaching:NO error:error];
    if (handle == NULL) {
        return NO;
    }
    perbus_error why = {0, ""};
    BOOL done = PBDeskDone(call([desk handle], handle, &why), &why, error);
    perbus_desk_node_release(handle);
    return done;
}

static perbus_status connect_next(perbus_desk_engine *engine, perbus_desk_node *source,
                                  perbus_desk_node *destination, const perbus_format *format,
                                  perbus_error *why) {
    perbus_kind kind = PERBUS_KIND_OTHER;
    perbus_status status = perbus_desk_node_get_kind(destination, &kind, why);
    if (status != PERBUS_OK) {
        return status;
    }
    return kind == PERBUS_KIND_MIXER
               ? perbus_desk_mixer_connect_next(destination, source, format, NULL, why)
               : perbus_desk_engine_connect(engine, source, 0, destination, 0, format, why);
}

@implementation AVAudioEngine (PerbusGraph)

- (BOOL)pb_attachNode:(AVAudioNode *)node error:(NSError **)error {
    PBDesk *desk = [PBDesk deskOfEngine:self error:error];
    perbus_desk_node *handle = [desk copyNode:node attaching:YES error:error];
    perbus_desk_node_release(handle);
    return handle != NULL;
}

- (BOOL)pb_detachNode:(AVAudioNode *)node error:(NSError **)error {
    return with_node(self, node, error,
                     ^(perbus_desk_engine *engine, perbus_desk_node *handle, perbus_error *why) {
                         return perbus_desk_engine_detach(engine, handle, why);
                     });
}

// Both nodes' handles and the format.
- (BOOL)pb_connect:(AVAudioNode *)source
                to:(AVAudioNode *)destination
            format:(AVAudioFormat *)format
             error:(NSError **)error
                by:(perbus_status (^)(perbus_desk_engine *, perbus_desk_node *, perbus_desk_node *,
                                      const perbus_format *, perbus_error *))call {
    perbus_format described;
    const perbus_format *wanted;
    PBDesk *desk = [PBDesk deskOfEngine:self error:error];
    if (desk == nil || !describe(format, &described, &wanted, error)) {
        return NO;
    }
    perbus_desk_node *to = [desk copyNode:destination attaching:NO error:error];
    if (to == NULL) {
        return NO;
    }
    BOOL done = with_node(self, source, error,
                          ^(perbus_desk_engine *engine, perbus_desk_node *from, perbus_error *why) {
                              return call(engine, from, to, wanted, why);
                          });
    perbus_desk_node_release(to);
    return done;
}

- (BOOL)pb_connect:(AVAudioNode *)source
                to:(AVAudioNode *)destination
           fromBus:(AVAudioNodeBus)sourceBus
             toBus:(AVAudioNodeBus)destinationBus
            format:(AVAudioFormat *)format
             error:(NSError **)error {
    return
        [self pb_connect:source to:destination format:format error:error
                      by:^(perbus_desk_engine *engine, perbus_desk_node *from, perbus_desk_node *to,
                           const perbus_format *wanted, perbus_error *why) {
                          return perbus_desk_engine_connect(engine, from, number_of(sourceBus), to,
                                                            number_of(destinationBus), wanted, why);
                      }];
}

- (BOOL)pb_connect:(AVAudioNode *)source
                to:(AVAudioNode *)destination
            format:(AVAudioFormat *)format
             error:(NSError **)error {
    return
        [self pb_connect:source to:destination format:format error:error
                      by:^(perbus_desk_engine *engine, perbus_desk_node *from, perbus_desk_node *to,
                           const perbus_format *wanted, perbus_error *why) {
                          return connect_next(engine, from, to, wanted, why);
                      }];
}

- (BOOL)pb_connect:(AVAudioNode *)source
    toConnectionPoints:(NSArray<AVAudioConnectionPoint *> *)destinations
               fromBus:(AVAudioNodeBus)sourceBus
                format:(AVAudioFormat *)format
                 error:(NSError **)error {
    perbus_format described;
    const perbus_format *wanted;
    PBDesk *desk = [PBDesk deskOfEngine:self error:error];
    if (desk == nil || !describe(format, &described, &wanted, error)) {
        return NO;
    }
    size_t count = [destinations count], found = 0;
    perbus_desk_destination *points = calloc(count + 1, sizeof *points);
    if (points == NULL) {
        return PBDeskFail(PERBUS_ERROR_NO_MEMORY, @"no memory for the connection points", 0, error);
    }
    for (AVAudioConnectionPoint *point in destinations) {
        points[found].bus = number_of([point bus]);
        points[found].mixer = [desk copyNode:[point node] attaching:NO error:error];
        if (points[found].mixer == NULL) {
            break;
        }
        found++;
    }
    BOOL done = found == count &&
                with_node(self, source, error,
                          ^(perbus_desk_engine *engine, perbus_desk_node *from, perbus_error *why) {
                              return perbus_desk_engine_connect_many(
                                  engine, from, number_of(sourceBus), points, count, wanted, why);
                          });
    for (size_t i = 0; i < found; i++) {
        perbus_desk_node_release(points[i].mixer);
    }
    free(points);
    return done;
}

- (BOOL)pb_disconnectNodeInput:(AVAudioNode *)node bus:(AVAudioNodeBus)bus error:(NSError **)error {
    return with_node(self, node, error,
                     ^(perbus_desk_engine *engine, perbus_desk_node *handle, perbus_error *why) {
                         return perbus_desk_engine_disconnect_input(engine, handle, number_of(bus),
                                                                    why);
                     });
}

- (BOOL)pb_disconnectNodeOutput:(AVAudioNode *)node
                            bus:(AVAudioNodeBus)bus
                          error:(NSError **)error {
    return with_node(self, node, error,
                     ^(perbus_desk_engine *engine, perbus_desk_node *handle, perbus_error *why) {
                         return perbus_desk_engine_disconnect_output(engine, handle, number_of(bus),
                                                                     why);
                     });
}

@end
