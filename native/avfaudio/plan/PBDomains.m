// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Domains, the parts of a graph with plans of their own: those at other rates, and branches.
#import "PBBranches.h"
#import "PBCompiler.h"
#import "avfaudio/graph/PBProposal.h"

#include <stdlib.h>

// The domain at this rate inside the current one. NULL without memory.
static Domain *InnerDomain(Compiler *compiler, double rate, pbr_ratio ratio) {
    for (Domain *known = compiler->domain->inner; known != NULL; known = known->next_inner) {
        if (known->rate == rate) {
            return known;
        }
    }
    Domain *inner = calloc(1, sizeof *inner);
    pbr_plan *plan = inner != NULL ? pbr_plan_add_domain(compiler->plan, ratio) : NULL;
    if (plan == NULL) {
        free(inner);
        return NULL;
    }
    *inner = (Domain){.outer = compiler->domain,
                      .next = compiler->domains,
                      .next_inner = compiler->domain->inner,
                      .rate = rate,
                      .plan = plan};
    compiler->domains = compiler->domain->inner = inner;
    return inner;
}

static pbr_convert *Converter(Compiler *compiler, pbr_convert **kept, pbr_ratio ratio,
                              uint32_t channels) {
    uint32_t frames = pbr_plan_max_frames(compiler->plan);
    if (*kept == NULL || !pbr_convert_fits(*kept, ratio, channels, frames)) {
        pbr_convert *made = pbr_convert_create(ratio, channels, frames);
        if (made == NULL) {
            return NULL;
        }
        pbr_convert_release(*kept);
        *kept = made;
    }
    return *kept;
}

pbr_convert *PBEnterDomain(Compiler *compiler, double rate, uint32_t channels, pbr_convert **kept) {
    NSString *problem = PBRatioProblem(rate, compiler->domain->rate);
    if (problem != nil) {
        compiler->problem = problem;
        return NULL;
    }
    pbr_ratio ratio = pbr_ratio_of(rate, compiler->domain->rate);
    pbr_convert *convert = Converter(compiler, kept, ratio, channels);
    Domain *inner = convert != NULL ? InnerDomain(compiler, rate, ratio) : NULL;
    if (inner == NULL) {
        compiler->failed = YES;
        return NULL;
    }
    compiler->domain = inner;
    compiler->plan = inner->plan;
    return convert;
}

BOOL PBEnterRate(Compiler *compiler, double rate) {
    compiler->problem = PBRatioProblem(rate, compiler->domain->rate);
    pbr_ratio ratio = pbr_ratio_of(rate, compiler->domain->rate);
    Domain *inner = compiler->problem == nil ? InnerDomain(compiler, rate, ratio) : NULL;
    if (inner != NULL) {
        compiler->domain = inner;
        compiler->plan = inner->plan;
    }
    compiler->failed = compiler->failed || (inner == NULL && compiler->problem == nil);
    return inner != NULL;
}

void PBLeaveDomain(Compiler *compiler) {
    compiler->domain = compiler->domain->outer;
    compiler->plan = compiler->domain->plan;
}

BOOL PBEnterBranch(Compiler *compiler, pbr_layout layout, uint32_t *bus) {
    Domain *branch = calloc(1, sizeof *branch);
    pbr_plan *plan = branch != NULL ? pbr_plan_add_branch(compiler->plan, layout, bus) : NULL;
    if (plan == NULL) {
        free(branch);
        compiler->failed = YES;
        return NO;
    }
    *branch = (Domain){.outer = compiler->domain,
                       .next = compiler->domains,
                       .rate = compiler->domain->rate,
                       .plan = plan};
    compiler->domain = compiler->domains = branch;
    compiler->plan = plan;
    return YES;
}

BOOL PBStartsBranch(const Compiler *compiler, AVAudioNode *node) {
    return compiler->weight > 0 && compiler->domain->outer == NULL &&
           PBIsBranch(node, compiler->weight);
}

void PBFreeDomains(Compiler *compiler) {
    while (compiler->domains != NULL) {
        Domain *domain = compiler->domains;
        compiler->domains = domain->next;
        free(domain);
    }
}
