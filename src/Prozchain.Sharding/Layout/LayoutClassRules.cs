using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Layout;

/// <summary>What all shards of a class have in common.</summary>
/// <param name="Class">The class.</param>
/// <param name="TransitionId">Names the state transition that the class's shards run; what the number stands for is the host's matter.</param>
/// <param name="OrderingFloor">The fewest seats of a committee that orders a shard of the class, 1 to 4,096.</param>
/// <param name="AttestationFloor">The fewest seats of a committee that attests one, 1 to 4,096.</param>
public readonly record struct LayoutClassRules(LayoutClass Class, uint TransitionId, int OrderingFloor = 1, int AttestationFloor = 1)
{
    internal bool IsValid => OrderingFloor is >= 1 and <= WireLimits.MaxMembers && AttestationFloor is >= 1 and <= WireLimits.MaxMembers;
}
