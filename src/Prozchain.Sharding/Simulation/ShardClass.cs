using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>Shards of one class beside the general ones in a <see cref="ShardWorld{TTransition}"/>.</summary>
/// <param name="Rules">The class, and the fewest seats of its committees; not the general one.</param>
/// <param name="Transition">What transactions mean in its shards. Every node gets this value: one that is a class is shared by all, and must not change.</param>
/// <typeparam name="TTransition">The transitions' type: <see cref="IShardTransition"/> itself where classes have different ones.</typeparam>
public sealed record ShardClass<TTransition>(LayoutClassRules Rules, TTransition Transition) where TTransition : IShardTransition
{
    /// <summary>Number of shards.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>The class's cells at the beginning.</summary>
    public IReadOnlyList<StateWrite> Genesis { get; init; } = [];
}
