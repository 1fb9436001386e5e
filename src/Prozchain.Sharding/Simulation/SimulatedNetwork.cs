namespace Prozchain.Sharding.Simulation;

/// <summary>Carries messages: a queue at the sender, a delay, and what the faults do.</summary>
internal sealed class SimulatedNetwork(WorldCore core)
{
    private readonly NetworkOptions _options = core.Options.Network;

    /// <summary>Microseconds that some bytes take.</summary>
    public static long Transfer(int bytes, long bytesPerSecond) => bytesPerSecond == 0 ? 0 : (1_000_000L * bytes + bytesPerSecond - 1) / bytesPerSecond;

    /// <summary>Sends to a node and its twins; the caller keeps its own hold on the message.</summary>
    public void Send(SimulatedNode from, NodeId to, Payload message)
    {
        from.Counters.Sent++;
        from.Counters.SentBytes += message.Length;
        if (to == from.Identity)
        {
            Deliver(from, from, message, core.Micros);
            return;
        }
        if ((uint)to.Value >= (uint)core.Nodes.Count)
        {
            core.Happened(SimulatedEventKind.Lost, from.Identity, to, message.Span);
            return;
        }
        SimulatedNode target = core.Nodes[to.Value];
        if (target.Twins is not { } twins)
        {
            Carry(from, target, message);
            return;
        }
        foreach (SimulatedNode twin in twins) Carry(from, twin, message);
    }

    private void Carry(SimulatedNode from, SimulatedNode to, Payload message)
    {
        SimulationRandom random = from.LinkRandom;
        from.EgressFree = Math.Max(from.EgressFree, core.Micros) + Transfer(message.Length, from.BytesPerSecond);
        LinkWeather weather = core.Faults.Draw(from.Id.Value, to.Id.Value);
        if (weather.IsCut || random.Chance(_options.LossPermille))
        {
            core.Happened(SimulatedEventKind.Lost, from.Identity, to.Id, message.Span);
            return;
        }
        Deliver(from, to, message, Arrival(from, to, weather, random));
        if (weather.ComesTwice || random.Chance(_options.DuplicatePermille)) Deliver(from, to, message, Arrival(from, to, weather, from.TwiceRandom));
    }

    private long Arrival(SimulatedNode from, SimulatedNode to, in LinkWeather weather, SimulationRandom random)
    {
        long delay = _options.Delays.Between(from.Options.Region, to.Options.Region);
        long jitter = delay * _options.JitterPermille / 1000;
        if (jitter > 0) delay += random.Next(jitter + 1);
        if (random.Chance(_options.ReorderPermille)) delay += random.Next(1000L * _options.ReorderMs + 1);
        // What a clog held comes when it clears, after the link's own delay.
        long arrival = Math.Max(from.EgressFree, weather.HeldUntil) + delay + weather.ExtraMicros;
        if (!_options.InOrder) return arrival;
        from.LastArrivals ??= new long[core.Nodes.Count];
        if (from.LastArrivals.Length <= to.Id.Value) Array.Resize(ref from.LastArrivals, core.Nodes.Count);
        ref long last = ref from.LastArrivals[to.Id.Value];
        return last = Math.Max(last, arrival);
    }

    private void Deliver(SimulatedNode from, SimulatedNode to, Payload message, long micros)
    {
        message.Holders++;
        core.Queue.Push(micros, new Work { Kind = WorkKind.Deliver, Node = to.Id.Value, From = from.Identity.Value, Load = message });
    }
}
