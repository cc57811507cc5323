// SPDX-License-Identifier: MIT OR Apache-2.0
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

#include "render/effects/equalizer.h"

static const AudioComponentDescription EQUALIZER = {
    .componentType = kAudioUnitType_Effect,
    .componentSubType = kAudioUnitSubType_NBandEQ,
    .componentManufacturer = kAudioUnitManufacturer_Apple,
};

// One for all equalizers, as it is held for microseconds. Never taken before an engine's lock.
static pthread_mutex_t settings = PTHREAD_MUTEX_INITIALIZER;

static pbr_equalizer *EqualizerOf(const pbr_process *process) {
    return process->context;
}

static void RequireBetween(const char *what, float value, float least, float most) {
    PBRequire(value >= least && value <= most, @"%s %g is not in %g to %g", what, (double)value,
              (double)least, (double)most);
}

@implementation AVAudioUnitEQFilterParameters

- (instancetype)_initWithProcess:(pbr_process *)process
                        weakNode:(PBWeakNode *)weakNode
                           index:(NSUInteger)index {
    self = [super init];
    if (self != nil) {
        _process = pbr_process_retain(process);
        _weakNode = [weakNode retain];
        _index = index;
    }
    return self;
}

- (void)dealloc {
    pbr_process_release(_process);
    [_weakNode release];
    [super dealloc];
}

- (pbr_band)pbBand {
    pthread_mutex_lock(&settings);
    pbr_band band = *pbr_equalizer_band(EqualizerOf(_process), (uint32_t)_index);
    pthread_mutex_unlock(&settings);
    return band;
}

- (void)pbChange:(void (^)(pbr_band *band))change {
    pthread_mutex_lock(&settings);
    pbr_band band = *pbr_equalizer_band(EqualizerOf(_process), (uint32_t)_index);
    change(&band);
    pbr_equalizer_set_band(EqualizerOf(_process), (uint32_t)_index, &band);
    pthread_mutex_unlock(&settings);
}

- (AVAudioUnitEQFilterType)filterType {
    return (AVAudioUnitEQFilterType)[self pbBand].filter;
}

- (void)setFilterType:(AVAudioUnitEQFilterType)filterType {
    PBRequire(filterType >= AVAudioUnitEQFilterTypeParametric &&
                  filterType <= AVAudioUnitEQFilterTypeResonantHighShelf,
              @"filter type %ld is not in 0 to %d", (long)filterType,
              (int)AVAudioUnitEQFilterTypeResonantHighShelf);
    [self pbChange:^(pbr_band *band) {
        band->filter = (pbr_filter)filterType;
    }];
}

- (float)frequency {
    return (float)[self pbBand].frequency;
}

// Must be below half the rate at which the equalizer renders. Any frequency while it has no engine.
- (void)pbRequireFrequency:(double)frequency {
    AVAudioNode *node = _weakNode->node;
    AVAudioEngine *engine = node != nil ? node->_node->engine : nil;
    double limit = HUGE_VAL;
    PBLocked(engine) {
        if (engine != nil) {
            limit = PBRateOfNode(node) / 2;
        }
    }
    PBRequire(frequency > 0 && frequency < limit, @"frequency %g Hz is not above 0 and below %g",
              frequency, limit);
}

- (void)setFrequency:(float)frequency {
    [self pbRequireFrequency:frequency];
    [self pbChange:^(pbr_band *band) {
        band->frequency = frequency;
    }];
}

- (float)bandwidth {
    return (float)[self pbBand].bandwidth;
}

- (void)setBandwidth:(float)bandwidth {
    RequireBetween("bandwidth", bandwidth, 0.05f, 5);
    [self pbChange:^(pbr_band *band) {
        band->bandwidth = bandwidth;
    }];
}

- (float)gain {
    return (float)[self pbBand].gain;
}

- (void)setGain:(float)gain {
    RequireBetween("gain", gain, -96, 24);
    [self pbChange:^(pbr_band *band) {
        band->gain = gain;
    }];
}

- (BOOL)bypass {
    return [self pbBand].bypass;
}

- (void)setBypass:(BOOL)bypass {
    AVAudioNode *node = _weakNode->node;
    if (!bypass && node != nil && PBIsStarted(node->_node->engine)) {
        [self pbRequireFrequency:[self frequency]];
    }
    [self pbChange:^(pbr_band *band) {
        band->bypass = bypass;
    }];
}

@end

@implementation AVAudioUnitEQ

- (instancetype)init {
    return [self initWithNumberOfBands:0];
}

- (instancetype)initWithNumberOfBands:(NSUInteger)numberOfBands {
    return [[super initWithAudioComponentDescription:EQUALIZER] pbMakeBands:numberOfBands];
}

- (instancetype)initWithAudioComponentDescription:
    (AudioComponentDescription)audioComponentDescription {
    return [[super initWithAudioComponentDescription:audioComponentDescription] pbMakeBands:0];
}

// self, or nil with self released.
- (instancetype)pbMakeBands:(NSUInteger)numberOfBands {
    if (numberOfBands > PBR_EQUALIZER_BANDS) {
        [self release];
        PBRaise(@"%lu bands: an equalizer has at most %d", (unsigned long)numberOfBands,
                PBR_EQUALIZER_BANDS);
    }
    pbr_equalizer *equalizer = pbr_equalizer_create((uint32_t)numberOfBands);
    if (equalizer != NULL) {
        _node->process = pbr_process_create(pbr_equalizer_render, pbr_equalizer_free, equalizer);
    }
    if (_node->process == NULL) {
        pbr_equalizer_free(equalizer);
        [self release];
        return nil;
    }
    NSMutableArray *bands = [[NSMutableArray alloc] initWithCapacity:numberOfBands];
    for (NSUInteger i = 0; i < numberOfBands; i++) {
        AVAudioUnitEQFilterParameters *band =
            [[AVAudioUnitEQFilterParameters alloc] _initWithProcess:_node->process
                                                           weakNode:_node->weakNode
                                                              index:i];
        [bands addObject:band];
        [band release];
    }
    _bands = bands;
    return self;
}

- (void)dealloc {
    [_bands release];
    [super dealloc];
}

- (NSArray *)bands {
    return _bands;
}

- (float)globalGain {
    pthread_mutex_lock(&settings);
    float gain = (float)pbr_equalizer_gain(EqualizerOf(_node->process));
    pthread_mutex_unlock(&settings);
    return gain;
}

- (void)setGlobalGain:(float)globalGain {
    RequireBetween("global gain", globalGain, -96, 24);
    pthread_mutex_lock(&settings);
    pbr_equalizer_set_gain(EqualizerOf(_node->process), globalGain);
    pthread_mutex_unlock(&settings);
}

- (void)setBypass:(BOOL)bypass {
    pthread_mutex_lock(&settings);
    [super setBypass:bypass];
    pbr_equalizer_set_bypass(EqualizerOf(_node->process), bypass);
    pthread_mutex_unlock(&settings);
}

- (void)reset {
    [super reset];
    pbr_equalizer_reset(EqualizerOf(_node->process));
}

// The first band that the rate does not allow, or the number of bands.
static uint32_t PastHalf(const pbr_equalizer *equalizer, double rate) {
    uint32_t count = pbr_equalizer_band_count(equalizer);
    for (uint32_t i = 0; i < count; i++) {
        const pbr_band *band = pbr_equalizer_band(equalizer, i);
        if (!band->bypass && band->frequency >= rate / 2) {
            return i;
        }
    }
    return count;
}

// Why the equalizer cannot render at the rate; nil if it can.
- (NSString *)pbProblemAtRate:(double)rate {
    const pbr_equalizer *equalizer = EqualizerOf(_node->process);
    pthread_mutex_lock(&settings);
    uint32_t index = PastHalf(equalizer, rate);
    BOOL past = index < pbr_equalizer_band_count(equalizer);
    double frequency = past ? pbr_equalizer_band(equalizer, index)->frequency : 0;
    pthread_mutex_unlock(&settings);
    return past ? [NSString
                      stringWithFormat:@"equalizer band %u is at %g Hz, which is not below %g, "
                                       @"half its sample rate",
                                       index, frequency, rate / 2]
                : nil;
}

// It renders at the rate of its output. On a stopped engine, the start checks instead.
- (void)pbRequireFormat:(AVAudioFormat *)format bus:(AVAudioNodeBus)bus input:(BOOL)input {
    [super pbRequireFormat:format bus:bus input:input];
    BOOL heard = !input && PBIsStarted(_node->engine);
    NSString *problem = heard ? [self pbProblemAtRate:[format sampleRate]] : nil;
    PBRequire(problem == nil, @"%@", problem);
}

// The engine's own rate may have changed since the node was connected.
- (BOOL)pbPrepareAtRate:(double)rate error:(NSError **)error {
    NSString *problem = [self pbProblemAtRate:rate];
    if (problem != nil) {
        return PBFail(error, kAudioUnitErr_InvalidPropertyValue, @"%@", problem);
    }
    pthread_mutex_lock(&settings);
    pbr_equalizer_set_rate(EqualizerOf(_node->process), rate);
    pthread_mutex_unlock(&settings);
    return YES;
}

@end
