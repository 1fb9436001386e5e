namespace Prozchain.Sharding.Simulation;

/// <summary>What the faults that last now do to one link.</summary>
internal struct LinkWeather
{
    public bool IsCut, ComesTwice;
    public long ExtraMicros, HeldUntil;
}

/// <summary>The faults of a plan that last now.</summary>
internal sealed class FaultField
{
    private readonly FaultPlan _plan;
    private readonly SimulationRandom[] _random;
    private readonly long[] _firstRecords;
    private readonly List<(int Fault, SimulatedNode Node)> _held = [];
    private readonly List<int> _links = [], _slow = [], _full = [], _persist = [];

    // Each fault draws for itself, by what it is and not by its place: taking another away leaves its draws as they were,
    // and those of the links too.
    public FaultField(FaultPlan plan, SimulationRandom random)
    {
        _plan = plan;
        _random = [.. plan.Faults.Select(fault => random.Fork(1UL << 41 | (ulong)fault.Kind << 32 | (uint)fault.Amount))];
        _firstRecords = new long[plan.Faults.Count];
    }

    public Fault this[int number] => _plan.Faults[number];

    public int Count => _plan.Faults.Count;

    public void Begin(int number, IReadOnlyList<SimulatedNode> nodes)
    {
        ListOf(number)?.Add(number);
        NodeSet affected = _plan.Faults[number].Nodes;
        if (affected.Span.Length == 1 && affected.Span[0] < nodes.Count) _firstRecords[number] = nodes[affected.Span[0]].Counters.Persisted;
    }

    public void Heal(int number) => ListOf(number)?.Remove(number);

    /// <summary>A fault takes a node's power until it heals.</summary>
    public void Hold(int number, SimulatedNode node)
    {
        node.Holds++;
        _held.Add((number, node));
    }

    /// <summary>A node that this fault held and that nothing holds any more, or null: ask until then.</summary>
    public SimulatedNode? Free(int number)
    {
        for (int i = 0; i < _held.Count;)
        {
            (int fault, SimulatedNode node) = _held[i];
            if (fault != number)
            {
                i++;
                continue;
            }
            _held.RemoveAt(i);
            if (--node.Holds == 0) return node;
        }
        return null;
    }

    /// <summary>Draws what happens to one message.</summary>
    public LinkWeather Draw(int from, int to)
    {
        LinkWeather weather = default;
        foreach (int number in _links)
        {
            Fault fault = _plan.Faults[number];
            if (!fault.AffectsLink(from, to)) continue;
            SimulationRandom random = _random[number];
            switch (fault.Kind)
            {
                case FaultKind.Partition: weather.IsCut = true; break;
                case FaultKind.Clog: weather.HeldUntil = Math.Max(weather.HeldUntil, 1000 * fault.UntilMs); break;
                case FaultKind.Loss: weather.IsCut |= random.Chance(fault.Amount); break;
                case FaultKind.Duplicate: weather.ComesTwice |= random.Chance(fault.Amount); break;
                case FaultKind.Reorder: weather.ExtraMicros += random.Next(1000L * fault.Amount + 1); break;
                default: weather.ExtraMicros += 1000L * fault.Amount; break;
            }
        }
        return weather;
    }

    /// <summary>How many times as long a node takes; 0 where it is not slowed.</summary>
    public long Slowness(int node)
    {
        long times = 0;
        foreach (int number in _slow)
        {
            if (_plan.Faults[number].Nodes.Contains(node)) times = Math.Max(times, _plan.Faults[number].Amount);
        }
        return times;
    }

    /// <summary>The fault that the node's next record meets, or -1.</summary>
    public int AtPersist(int node, long record)
    {
        foreach (int number in _full)
        {
            if (_plan.Faults[number].Nodes.Contains(node)) return number;
        }
        foreach (int number in _persist)
        {
            if (_plan.Faults[number].Amount == record - _firstRecords[number] && _plan.Faults[number].Nodes.Contains(node)) return number;
        }
        return -1;
    }

    private List<int>? ListOf(int number) => _plan.Faults[number].Kind switch
    {
        <= FaultKind.Delay => _links,
        FaultKind.Slow => _slow,
        FaultKind.Crash => null,
        FaultKind.DiskFull => _full,
        _ => _persist,
    };
}
