namespace Prozchain.Sharding.Simulation;

/// <summary>Runs nodes: their CPU, their calls, and the actions that leave them.</summary>
internal sealed class NodeHost
{
    private const long SlowCallNanoseconds = 100_000;

    private readonly WorldCore _core;
    private readonly SimulatedNetwork _network;
    private readonly NodeStorage _storage;
    private readonly NodeActions _actions = new();

    public NodeHost(WorldCore core)
    {
        _core = core;
        _network = new SimulatedNetwork(core);
        _storage = new NodeStorage(core);
    }

    public void Start(SimulatedNode node)
    {
        IProtocolNode instance = node.Factory(node.Identity) ?? throw new InvalidOperationException($"Expected a node from the factory of {node.Id}, got null.");
        node.Instance = instance;
        node.IsHonest &= instance is not ByzantineNode;
        _core.Happened(SimulatedEventKind.Started, new NodeId(-1), node.Id, default);
        _actions.Clear();
        long cost = 0;
        node.Log.Open(record =>
        {
            instance.Restore(record.Span);
            if (_core.Options.Cost is { } model) cost += model(new HandledCall(node, instance, HandlerKind.Restore, record.Span, _actions));
        });
        instance.Start(_core.NodeTimeMs(node), _actions);
        Finish(node, HandlerKind.Start, default, cost);
    }

    /// <summary>A message has arrived: it is handled, or waits for the rest of its bytes and for the CPU.</summary>
    public void Arrive(SimulatedNode node, NodeId from, Payload message)
    {
        if (!node.IsRunning)
        {
            _core.Happened(SimulatedEventKind.Lost, from, node.Id, message.Span);
            _core.Pool.Release(message);
            return;
        }
        long ready = _core.Micros;
        if (node.BytesPerSecond > 0)
            node.IngressFree = ready = Math.Max(ready, node.IngressFree) + SimulatedNetwork.Transfer(message.Length, node.BytesPerSecond);
        if (ready == _core.Micros && !node.Handling && node.Inbox.Count == 0)
        {
            Receive(node, from, message);
            return;
        }
        node.Inbox.Enqueue(new Waiting(from, message, ready));
        node.Counters.LongestQueue = Math.Max(node.Counters.LongestQueue, node.Inbox.Count);
        Schedule(node);
    }

    /// <summary>The node's time has come.</summary>
    public void Wake(SimulatedNode node)
    {
        node.TickPending = true;
        if (!node.Handling) Next(node);
    }

    /// <summary>A call has been paid for, or a message has come whole.</summary>
    public void Run(SimulatedNode node)
    {
        // A message that was to come whole now may have been overtaken by a tick, which is then under way.
        if (node.RunMicros != _core.Micros) return;
        node.RunMicros = long.MaxValue;
        if (node.Handling)
        {
            node.Handling = false;
            Release(node);
            if (!node.IsRunning) return;
        }
        Next(node);
    }

    public void Durable(SimulatedNode node)
    {
        _storage.Durable(node);
        Pump(node);
    }

    public void Crash(SimulatedNode node)
    {
        node.Log.Lose(node.DiskRandom);
        _storage.PowerOff(node);
    }

    private void Next(SimulatedNode node)
    {
        if (node.TickPending)
        {
            node.TickPending = false;
            // A message handled meanwhile may have put it off.
            if (node.WakeMicros <= _core.Micros) Tick(node);
        }
        else if (node.Inbox.TryPeek(out Waiting waiting) && waiting.ReadyMicros <= _core.Micros)
        {
            node.Inbox.Dequeue();
            Receive(node, waiting.From, waiting.Message);
        }
        if (node.IsRunning) Schedule(node);
    }

    private void Schedule(SimulatedNode node)
    {
        if (node.Handling || (node.Inbox.Count == 0 && !node.TickPending)) return;
        long due = node.TickPending ? _core.Micros : Math.Max(_core.Micros, node.Inbox.Peek().ReadyMicros);
        if (due < node.RunMicros) PushRun(node, due);
    }

    private void Receive(SimulatedNode node, NodeId from, Payload message)
    {
        node.Counters.Received++;
        node.Counters.ReceivedBytes += message.Length;
        _core.Happened(SimulatedEventKind.Received, from, node.Id, message.Span);
        _actions.Clear();
        node.Instance!.Receive(_core.NodeTimeMs(node), from, message.Span, _actions);
        Finish(node, HandlerKind.Receive, message.Span, 0);
        _core.Pool.Release(message);
    }

    private void Tick(SimulatedNode node)
    {
        node.WakeMicros = long.MaxValue;
        _core.Happened(SimulatedEventKind.Ticked, new NodeId(-1), node.Id, default);
        _actions.Clear();
        node.Instance!.Tick(_core.NodeTimeMs(node), _actions);
        Finish(node, HandlerKind.Tick, default, 0);
    }

    private void Finish(SimulatedNode node, HandlerKind kind, ReadOnlySpan<byte> bytes, long cost)
    {
        if (_core.Options.Cost is { } model) cost += model(new HandledCall(node, node.Instance!, kind, bytes, _actions));
        long slowness = _core.Faults.Slowness(node.Id.Value);
        if (slowness > 0) cost = Math.Max(cost, SlowCallNanoseconds) * slowness;
        node.Counters.CpuNanoseconds += cost;
        node.CarriedNanoseconds += cost;
        (long micros, node.CarriedNanoseconds) = Math.DivRem(node.CarriedNanoseconds, 1000);
        if (_actions.WakeMs is { } wakeMs) SetWake(node, wakeMs);
        Keep(node);
        if (micros == 0)
        {
            Release(node);
            return;
        }
        node.Handling = true;
        PushRun(node, _core.Micros + micros);
    }

    private void SetWake(SimulatedNode node, long timeMs)
    {
        // A time beyond some thousand years is none; one that has passed comes after the least time there is, so that no
        // node can stop the world's clock.
        long since = timeMs > long.MaxValue / 4000 ? long.MaxValue : Math.Max(timeMs, 0) - _core.Options.StartMs - node.Options.ClockAheadMs;
        node.TickPending = false;
        if (since == long.MaxValue)
        {
            node.WakeMicros = long.MaxValue;
            _core.Timers.Clear(node.Id.Value);
            return;
        }
        node.WakeMicros = since < 0 ? _core.Micros + 1 : Math.Max(1000 * since, _core.Micros + 1);
        _core.Timers.Set(node.Id.Value, new Due(node.WakeMicros, _core.Queue.NextOrder()));
    }

    // A message to many peers lies once in the actions, entry behind entry: it is held once here too.
    private void Keep(SimulatedNode node)
    {
        ReadOnlyMemory<byte> before = default;
        Payload? shared = null;
        for (int i = 0; i < _actions.Count; i++)
        {
            NodeAction action = _actions[i];
            if (shared is not null && action.Bytes.Equals(before) && !action.Bytes.IsEmpty) shared.Holders++;
            else shared = _core.Pool.Rent(action.Bytes.Span);
            before = action.Bytes;
            node.Output.Add(new Pending(action.Kind, action.To, shared));
        }
    }

    private void Release(SimulatedNode node)
    {
        node.Output.PaidEnd = node.Output.Tail;
        Pump(node);
    }

    private void Pump(SimulatedNode node)
    {
        NodeOutput output = node.Output;
        while (output.Head < output.PaidEnd)
        {
            if (output[output.Head].Kind == NodeActionKind.Persist && output.Head >= output.DurableEnd)
            {
                if (!output.IsFlushing) _storage.Write(node);
                return;
            }
            Pending action = output.Take();
            if (action.Kind == NodeActionKind.Send) _network.Send(node, action.To, action.Bytes);
            _core.Pool.Release(action.Bytes);
        }
    }

    private void PushRun(SimulatedNode node, long micros)
    {
        node.RunMicros = micros;
        _core.Queue.Push(micros, new Work { Kind = WorkKind.Run, Node = node.Id.Value, Life = node.Life });
    }
}
