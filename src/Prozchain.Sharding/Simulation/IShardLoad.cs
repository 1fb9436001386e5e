using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Simulation;

/// <summary>What users of simulated shards do.</summary>
/// <remarks>An implementer owes: what it hands in depends on what it is given alone, its chance included.</remarks>
/// <typeparam name="TTransition">What transactions mean.</typeparam>
public interface IShardLoad<TTransition> where TTransition : IShardTransition
{
    /// <summary>Comes every 10 simulated milliseconds.</summary>
    /// <param name="shards">To hand transactions in, and to read cells.</param>
    /// <param name="random">The load's own chance.</param>
    void Tick(ShardWorld<TTransition> shards, SimulationRandom random);
}
