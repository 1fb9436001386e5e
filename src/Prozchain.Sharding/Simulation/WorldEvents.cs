namespace Prozchain.Sharding.Simulation;

/// <summary>Carries out the events of a world: those of nodes by their host, those of faults here.</summary>
internal sealed class WorldEvents
{
    private readonly WorldCore _core;
    private readonly NodeHost _host;
    private readonly SimulatedWorld _world;

    public WorldEvents(WorldCore core, SimulatedWorld world)
    {
        (_core, _world, _host) = (core, world, new NodeHost(core));
        for (int fault = 0; fault < core.Faults.Count; fault++)
        {
            core.Queue.Push(1000 * core.Faults[fault].FromMs, new Work { Kind = WorkKind.FaultBegin, Node = -1, From = fault });
            core.Queue.Push(1000 * core.Faults[fault].UntilMs, new Work { Kind = WorkKind.FaultHeal, Node = -1, From = fault });
        }
    }

    /// <summary>The first timer's time has come.</summary>
    public void Wake()
    {
        SimulatedNode node = _core.Nodes[_core.Timers.FirstNode];
        _core.Timers.Clear(node.Id.Value);
        _host.Wake(node);
    }

    /// <summary>The event has come that was first in the queue.</summary>
    public void Do(in Work work)
    {
        SimulatedNode? node = work.Node < 0 ? null : _core.Nodes[work.Node];
        switch (work.Kind)
        {
            case WorkKind.Deliver: _host.Arrive(node!, new NodeId(work.From), (Payload)work.Load!); break;
            case WorkKind.Run when node!.Life == work.Life: _host.Run(node); break;
            case WorkKind.Durable when node!.Life == work.Life: _host.Durable(node); break;
            case WorkKind.Start when node!.Holds == 0 && !node.IsRunning: _host.Start(node); break;
            case WorkKind.FaultBegin: Begin(work.From); break;
            case WorkKind.FaultHeal: Heal(work.From); break;
            case WorkKind.Call:
                _core.Happened(SimulatedEventKind.Called, new NodeId(-1), new NodeId(-1), default);
                ((Action<SimulatedWorld>)work.Load!)(_world);
                break;
        }
    }

    public void TakePower(SimulatedNode node)
    {
        if (node.IsRunning) _host.Crash(node);
    }

    /// <summary>Starts a node in a step of its own, not before its first start.</summary>
    public void PushStart(SimulatedNode node) =>
        _core.Queue.Push(Math.Max(_core.Micros, node.StartsAt), new Work { Kind = WorkKind.Start, Node = node.Id.Value, Life = node.Life });

    private void Begin(int fault)
    {
        _core.Happened(SimulatedEventKind.FaultBegan, new NodeId(fault), new NodeId(-1), default);
        _core.Faults.Begin(fault, _core.Nodes);
        if (_core.Faults[fault].Kind != FaultKind.Crash) return;
        foreach (SimulatedNode node in _core.Nodes)
        {
            if (!_core.Faults[fault].Nodes.Contains(node.Id)) continue;
            _core.Faults.Hold(fault, node);
            TakePower(node);
        }
    }

    private void Heal(int fault)
    {
        _core.Happened(SimulatedEventKind.FaultHealed, new NodeId(fault), new NodeId(-1), default);
        _core.Faults.Heal(fault);
        while (_core.Faults.Free(fault) is { } node) PushStart(node);
    }
}
