namespace Prozchain.Sharding.Simulation;

/// <summary>What the faults that last now do to one link.</summary>
internal struct LinkWeather
{
    public bool IsCut, ComesTwice;
    public long ExtraMicros, HeldUntil;
}

/// <summary>The faults of a plan that last now.</summary>
internal sealed class FaultField(FaultPlan plan)
{
    private readonly List<(int Fault, SimulatedNode Node)> _held = [];
    private readonly List<int> _links = [], _slow = [], _full = [], _persist = [];

    public Fault this[int number] => plan.Faults[number];

    public int Count => plan.Faults.Count;

    public void Begin(int number) => ListOf(number)?.Add(number);

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
    public LinkWeather Draw(int from, int to, SimulationRandom random)
    {
        LinkWeather weather = default;
        foreach (int number in _links)
        {
            Fault fault = plan.Faults[number];
            if (!fault.AffectsLink(from, to)) continue;
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
            if (plan.Faults[number].Nodes.Contains(node)) times = Math.Max(times, plan.Faults[number].Amount);
        }
        return times;
    }

    /// <summary>The fault that the node's next record meets, or -1.</summary>
    public int AtPersist(int node, long record)
    {
        foreach (int number in _full)
        {
            if (plan.Faults[number].Nodes.Contains(node)) return number;
        }
        foreach (int number in _persist)
        {
            if (plan.Faults[number].Amount == record && plan.Faults[number].Nodes.Contains(node)) return number;
        }
        return -1;
    }

    private List<int>? ListOf(int number) => plan.Faults[number].Kind switch
    {
        <= FaultKind.Delay => _links,
        FaultKind.Slow => _slow,
        FaultKind.Crash => null,
        FaultKind.DiskFull => _full,
        _ => _persist,
    };
}
