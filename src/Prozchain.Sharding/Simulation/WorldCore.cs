namespace Prozchain.Sharding.Simulation;

/// <summary>What the parts of a world share.</summary>
internal sealed class WorldCore(ulong seed, WorldOptions options)
{
    public readonly WorldOptions Options = options;
    public readonly SimulationRandom Random = new(seed);
    public readonly EventQueue Queue = new();
    public readonly TimerQueue Timers = new();
    public readonly PayloadPool Pool = new();
    public readonly EventLog Log = new(options.TraceLength);
    public readonly FaultField Faults = new(options.Faults, new SimulationRandom(seed));
    public readonly List<SimulatedNode> Nodes = [];
    public long Micros, Step;
    public SimulatedEvent Last;
    public SimulatedEventHandler? Observer;

    public void Happened(SimulatedEventKind kind, NodeId from, NodeId to, ReadOnlySpan<byte> bytes) => Happened(kind, from, to, bytes, bytes.Length);

    public void Happened(SimulatedEventKind kind, NodeId from, NodeId to, ReadOnlySpan<byte> bytes, int length)
    {
        Last = new SimulatedEvent(Step, Micros, kind, from, to, length);
        Log.Add(Last, bytes);
        Observer?.Invoke(Last, bytes);
    }

    public long NodeTimeMs(SimulatedNode node) => Options.StartMs + Micros / 1000 + node.Options.ClockAheadMs;
}
