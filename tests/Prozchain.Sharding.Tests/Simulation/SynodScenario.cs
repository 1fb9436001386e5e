using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>Five synod nodes, drawn faults for six seconds, then six seconds in which all must come along.</summary>
internal static class SynodScenario
{
    public const int Nodes = 5;
    private const long HealedMs = 6_000, EndMs = 12_000;

    public static SimulationScenario Of(SynodBug bug) => new()
    {
        Build = (seed, plan) => World(seed, bug, plan),
        Plan = new FaultMix { Nodes = Nodes, HealedMs = HealedMs, MostFaults = 16, LongestMs = 1500, Kinds = KindsFor(bug) }.Draw,
        DurationMs = EndMs,
        AtEnd = Progress,
    };

    // Losing the power matters most to one that forgets: such a mix finds it in fewer seeds.
    private static FaultKind[] KindsFor(SynodBug bug) => bug == SynodBug.SendsBeforePersisting
        ? [FaultKind.Crash, FaultKind.Crash, FaultKind.CrashBeforePersist, FaultKind.Partition, FaultKind.Loss]
        : Enum.GetValues<FaultKind>();

    public static SimulatedWorld World(ulong seed, SynodBug bug, FaultPlan plan)
    {
        var world = new SimulatedWorld(seed, new WorldOptions { Faults = plan, FsyncMicroseconds = 10_000, Network = new NetworkOptions { Delays = RegionDelays.Uniform(5000), JitterPermille = 500 } });
        for (int i = 0; i < Nodes; i++) world.Add(id => new SynodNode(id, Nodes, bug));
        world.AddInvariant(new Agreement());
        return world;
    }

    private static string? Progress(SimulatedWorld world)
    {
        foreach (SimulatedNode node in world.Nodes)
        {
            int decided = node.As<SynodNode>()?.Decided.Count ?? -1;
            if (decided < 20) return $"Expected node {node.Id} to know 20 decisions or more, got {decided}.";
        }
        return null;
    }

    /// <summary>What one node says was decided no node ever contradicts, itself in a later life included.</summary>
    private sealed class Agreement : IInvariant
    {
        private readonly List<long> _decided = [];
        private readonly int[] _seen = new int[Nodes];

        public string? Check(SimulatedWorld world)
        {
            SimulatedEvent last = world.LastEvent;
            if (last.To.Value < 0 || world.Nodes[last.To.Value].As<SynodNode>() is not { } node) return null;
            if (last.Kind == SimulatedEventKind.Started) _seen[last.To.Value] = 0;
            for (int slot = _seen[last.To.Value]; slot < node.Decided.Count; slot++)
            {
                if (slot == _decided.Count) _decided.Add(node.Decided[slot]);
                else if (_decided[slot] != node.Decided[slot]) return $"Decision {slot} was {_decided[slot]}, and node {last.To} says {node.Decided[slot]}.";
            }
            _seen[last.To.Value] = node.Decided.Count;
            return null;
        }
    }
}
