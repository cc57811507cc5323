// SPDX-License-Identifier: MIT OR Apache-2.0
#import "restart.h"
#import "platform/platform.h"

#include <pthread.h>
#include <time.h>

// Seconds between two attempts: the first ones follow each other closely.
static const double FIRST_PAUSE = 0.05, LONGEST_PAUSE = 0.5;

// One engine's. The class itself observes the notification, because it outlives a notification that
// is being delivered.
@interface PerbusRestarts : NSObject {
  @public
    PerbusRestarts *_next;    // in the list of all
    AVAudioEngine *_object;   // only to be compared
    pthread_mutex_t _attempt; // recursive: held while the engine is being started or halted
    pthread_mutex_t _lock;    // guards the rest
    pthread_cond_t _changed;
    perbus_engine *_engine; // NULL once it ends
    BOOL _wanted;           // the program has started it, and neither paused nor stopped it
    BOOL _interrupted;      // players wait for it to go on
    unsigned _interruptions;
    BOOL _trying; // there is a thread
}
@end

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static PerbusRestarts *list;
static pthread_mutex_t wish_lock = PTHREAD_MUTEX_INITIALIZER;

void perbus__note_play(PerbusPlayerNode *player, AVAudioTime *when) {
    AVAudioTime *start = [when retain], *former;
    pthread_mutex_lock(&wish_lock);
    former = player->_start;
    player->_start = start;
    player->_wanted = YES;
    pthread_mutex_unlock(&wish_lock);
    [former release];
}

void perbus__note_halt(PerbusPlayerNode *player) {
    AVAudioTime *former;
    pthread_mutex_lock(&wish_lock);
    former = player->_start;
    player->_start = nil;
    player->_wanted = NO;
    pthread_mutex_unlock(&wish_lock);
    [former release];
}

static BOOL start(perbus_engine *engine, BOOL again, NSError **cause);

static void for_each_player(perbus_engine *engine, void (^body)(PerbusPlayerNode *player)) {
    for (AVAudioNode *node in [engine->object attachedNodes]) {
        if ([node isKindOfClass:[PerbusPlayerNode class]]) {
            body((PerbusPlayerNode *)node);
        }
    }
}

// All players that played go on with the same block.
static void resume_players(perbus_engine *engine) {
    if (!perbus__begin_batch(engine->object)) {
        return;
    }
    for_each_player(engine, ^(PerbusPlayerNode *player) {
        pthread_mutex_lock(&wish_lock);
        BOOL plays = player->_wanted;
        AVAudioTime *when = [[player->_start retain] autorelease];
        pthread_mutex_unlock(&wish_lock);
        when = when != nil && perbus__holds_after_restart(when) ? when : nil;
        @try {
            if (plays && !perbus__defer_play(player, when)) {
                [player playAtTime:when];
            }
        } @catch (NSException *exception) {
            // It is connected to nothing any more, or the engine is gone again.
            (void)exception;
        }
    });
    perbus__end_batch(engine->object);
}

@implementation PerbusRestarts

- (instancetype)initWithEngine:(perbus_engine *)engine {
    self = [super init];
    if (self != nil) {
        pthread_mutexattr_t recursive;
        pthread_mutexattr_init(&recursive);
        pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
        pthread_mutex_init(&_attempt, &recursive);
        pthread_mutexattr_destroy(&recursive);
        pthread_mutex_init(&_lock, NULL);
        pthread_cond_init(&_changed, NULL);
        _engine = engine;
        _object = engine->object;
    }
    return self;
}

- (void)dealloc {
    pthread_cond_destroy(&_changed);
    pthread_mutex_destroy(&_lock);
    pthread_mutex_destroy(&_attempt);
    [super dealloc];
}

+ (void)configurationChanged:(NSNotification *)notification {
    pthread_mutex_lock(&list_lock);
    for (PerbusRestarts *own = list; own != nil; own = own->_next) {
        if (own->_object == [notification object]) {
            [own wasInterrupted];
        }
    }
    pthread_mutex_unlock(&list_lock);
}

- (void)wasInterrupted {
    pthread_mutex_lock(&_lock);
    _interrupted = YES;
    _interruptions++;
    [self beginIfNeeded];
    pthread_cond_broadcast(&_changed);
    pthread_mutex_unlock(&_lock);
}

// The lock is held.
- (BOOL)isNeeded {
    return _engine != NULL && _wanted && _interrupted;
}

// Likewise.
- (void)beginIfNeeded {
    if (_trying || ![self isNeeded]) {
        return;
    }
    @try {
        [NSThread detachNewThreadSelector:@selector(startAgain) toTarget:self withObject:nil];
        _trying = YES;
    } @catch (NSException *exception) {
        // The system gives no thread: the program has to start the engine.
        (void)exception;
    }
}

- (void)startAgain {
    double pause = FIRST_PAUSE;
    for (;;) {
        pthread_mutex_lock(&_attempt);
        pthread_mutex_lock(&_lock);
        perbus_engine *engine = [self isNeeded] ? _engine : NULL;
        _trying = engine != NULL;
        pthread_mutex_unlock(&_lock);
        BOOL works = engine != NULL && [self attempt:engine];
        pthread_mutex_unlock(&_attempt);
        if (engine == NULL) {
            return;
        }
        if (!works) {
            [self waitFor:pause];
            pause = pause * 1.5 < LONGEST_PAUSE ? pause * 1.5 : LONGEST_PAUSE;
        }
    }
}

// Or until something has changed.
- (void)waitFor:(double)pause {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(pause * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&_lock);
    if ([self isNeeded]) {
        pthread_cond_timedwait(&_changed, &_lock, &until);
    }
    pthread_mutex_unlock(&_lock);
}

// The engine cannot end meanwhile.
- (BOOL)attempt:(perbus_engine *)engine {
    __block BOOL works = NO;
    if (!perbus__make_pools()) {
        return NO;
    }
    @autoreleasepool {
        @try {
            // Another thread that has the engine may be waiting for the end of this attempt.
            perbus__try_locked(engine->object, ^{
                BOOL runs = [engine->object isRunning];
                if (runs && perbus__may_run_when_interrupted(engine->object)) {
                    [engine->object stop];
                    runs = NO;
                }
                works = start(engine, YES, NULL);
                if (works && !runs) {
                    perbus__report(engine, PERBUS_EVENT_RESTARTED);
                }
            });
        } @catch (NSException *exception) {
            // A graph that cannot be started now may be repaired.
            (void)exception;
        }
    }
    return works;
}

// The engine runs.
- (void)hasStarted:(perbus_engine *)engine since:(unsigned)interruptions {
    pthread_mutex_lock(&_lock);
    BOOL resumes = _interrupted;
    _wanted = YES;
    pthread_mutex_unlock(&_lock);
    if (resumes) {
        resume_players(engine);
    }
    pthread_mutex_lock(&_lock);
    if (_interruptions == interruptions) {
        _interrupted = NO;
    }
    // It may have been interrupted once more.
    [self beginIfNeeded];
    pthread_mutex_unlock(&_lock);
}

- (unsigned)interruptions {
    pthread_mutex_lock(&_lock);
    unsigned interruptions = _interruptions;
    pthread_mutex_unlock(&_lock);
    return interruptions;
}

- (void)willHaltForGood:(BOOL)forGood {
    pthread_mutex_lock(&_lock);
    _wanted = NO;
    _interrupted = _interrupted && !forGood;
    pthread_cond_broadcast(&_changed);
    pthread_mutex_unlock(&_lock);
}

- (void)end {
    pthread_mutex_lock(&_attempt);
    pthread_mutex_lock(&_lock);
    _engine = NULL;
    pthread_cond_broadcast(&_changed);
    pthread_mutex_unlock(&_lock);
    pthread_mutex_unlock(&_attempt);
}

@end

BOOL perbus__set_up_restarts(perbus_engine *engine) {
    static BOOL observes;
    PerbusRestarts *own = [[PerbusRestarts alloc] initWithEngine:engine];
    if (own == nil) {
        return NO;
    }
    engine->restarts = own;
    pthread_mutex_lock(&list_lock);
    own->_next = list;
    list = own;
    BOOL first = !observes;
    observes = YES;
    pthread_mutex_unlock(&list_lock);
    if (first) {
        [[NSNotificationCenter defaultCenter]
            addObserver:[PerbusRestarts class]
               selector:@selector(configurationChanged:)
                   name:AVAudioEngineConfigurationChangeNotification
                 object:nil];
    }
    return YES;
}

void perbus__end_restarts(perbus_engine *engine) {
    PerbusRestarts *own = (PerbusRestarts *)engine->restarts;
    if (own == nil) {
        return;
    }
    pthread_mutex_lock(&list_lock);
    PerbusRestarts **link = &list;
    while (*link != own) {
        link = &(*link)->_next;
    }
    *link = own->_next;
    pthread_mutex_unlock(&list_lock);
    [own end];
}

// Nothing starts or halts the engine during the body, if it starts again by itself. The engine's lock
// comes first: a batch has it already.
static void alone(perbus_engine *engine, void (^body)(PerbusRestarts *own)) {
    PerbusRestarts *own = (PerbusRestarts *)engine->restarts;
    if (own == nil) {
        body(nil);
        return;
    }
    perbus__locked(engine->object, ^{
        pthread_mutex_lock(&own->_attempt);
        @try {
            body(own);
        } @finally {
            pthread_mutex_unlock(&own->_attempt);
        }
    });
}

static BOOL start(perbus_engine *engine, BOOL again, NSError **cause) {
    __block BOOL started = NO;
    alone(engine, ^(PerbusRestarts *own) {
        unsigned interruptions = [own interruptions];
        started = again ? perbus__start_again(engine->object, cause)
                        : [engine->object startAndReturnError:cause];
        if (started) {
            [own hasStarted:engine since:interruptions];
        }
    });
    return started;
}

BOOL perbus__start_engine(perbus_engine *engine, NSError **cause) {
    return start(engine, NO, cause);
}

void perbus__pause_engine(perbus_engine *engine) {
    alone(engine, ^(PerbusRestarts *own) {
        [own willHaltForGood:NO];
        [engine->object pause];
    });
}

void perbus__stop_engine(perbus_engine *engine) {
    alone(engine, ^(PerbusRestarts *own) {
        [own willHaltForGood:YES];
        [engine->object stop];
        if (own != nil) {
            for_each_player(engine, ^(PerbusPlayerNode *player) {
                perbus__note_halt(player);
            });
        }
    });
}

void perbus__halt_after_change(perbus_engine *engine) {
    if (!engine->adopted && engine->restarts == nil &&
        perbus__may_run_when_interrupted(engine->object) && [engine->object isRunning]) {
        [engine->object stop];
    }
}
