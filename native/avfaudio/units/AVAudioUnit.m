// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBMatrix.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"
#import "avfaudio/support/PBPools.h"

#include <Block.h>
#include <pthread.h>
#include <stdlib.h>

typedef void (^Handler)(__kindof AVAudioUnit *unit, NSError *error);

typedef struct Request {
    AudioComponentDescription description;
    Handler handler;
} Request;

// Retained. nil for a description that names no unit.
static AVAudioUnit *NewUnit(AudioComponentDescription description, NSError **error) {
    BOOL mixer = description.componentType == kAudioUnitType_Mixer &&
                 description.componentManufacturer == kAudioUnitManufacturer_Apple;
    Class class = Nil;
    if (mixer && description.componentSubType == kAudioUnitSubType_MatrixMixer) {
        class = [PBMatrixMixer class];
    } else if (mixer && description.componentSubType == kAudioUnitSubType_MultiChannelMixer) {
        class = [PBMultiChannelMixer class];
    }
    if (class == Nil) {
        PBFail(error, kAudioComponentErr_UnsupportedType,
               @"there is no audio unit of type %08x, subtype %08x, manufacturer %08x",
               description.componentType, description.componentSubType,
               description.componentManufacturer);
        return nil;
    }
    PBMatrixMixer *unit = [[class alloc] _initWithDescription:description];
    if (unit == nil) {
        PBFail(error, kAudio_MemFullError, @"no memory for an audio unit");
    }
    return unit;
}

static void Answer(void *context) {
    Request *request = context;
    NSError *error = nil;
    AVAudioUnit *unit = nil;
    @try {
        unit = [NewUnit(request->description, &error) autorelease];
    } @catch (NSException *exception) {
        // Foundation's way to say that memory has run out.
        error = PBNoMemoryError();
    }
    request->handler(unit, unit == nil ? error : nil);
}

static void *Instantiate(void *context) {
    Request *request = context;
    PBRegisterThread();
    PBRunInPool(Answer, request);
    Block_release(request->handler);
    free(request);
    PBUnregisterThread();
    return NULL;
}

static BOOL Start(Request *request) {
    pthread_t thread;
    BOOL started = pthread_create(&thread, NULL, Instantiate, request) == 0;
    if (started) {
        pthread_detach(thread);
    }
    return started;
}

@implementation AVAudioUnit

+ (void)instantiateWithComponentDescription:(AudioComponentDescription)audioComponentDescription
                                    options:(AudioComponentInstantiationOptions)options
                          completionHandler:(Handler)completionHandler {
    (void)options;
    PBRequire(completionHandler != NULL, @"completionHandler != nil");
    Request *request = calloc(1, sizeof *request);
    if (request != NULL) {
        request->description = audioComponentDescription;
        request->handler = Block_copy(completionHandler);
        if (request->handler != NULL && Start(request)) {
            return;
        }
        if (request->handler != NULL) {
            Block_release(request->handler);
        }
        free(request);
    }
    NSError *error = nil;
    PBFail(&error, kAudio_MemFullError, @"no thread for making an audio unit");
    completionHandler(nil, error);
}

- (instancetype)_initWithDescription:(AudioComponentDescription)description
                                name:(NSString *)name
                              inputs:(NSUInteger)inputs
                             outputs:(NSUInteger)outputs {
    self = [super _initWithInputs:inputs outputs:outputs];
    if (self != nil) {
        _description = description;
        _name = [name copy];
    }
    return self;
}

- (void)dealloc {
    [_name release];
    [super dealloc];
}

- (AudioComponentDescription)audioComponentDescription {
    return _description;
}

- (AudioUnit)audioUnit {
    static struct ComponentInstanceRecord none;
    return _unit != NULL ? _unit : &none;
}

- (NSString *)name {
    return _name;
}

@end
