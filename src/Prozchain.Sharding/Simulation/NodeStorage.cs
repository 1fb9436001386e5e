namespace Prozchain.Sharding.Simulation;

/// <summary>Makes nodes' records durable, or does not: their flushes, and the crashes about them.</summary>
internal sealed class NodeStorage(WorldCore core)
{
    /// <summary>Writes all records that wait, up to a crash, and begins a flush. Those asked for later wait for the next one.</summary>
    public void Write(SimulatedNode node)
    {
        NodeOutput output = node.Output;
        for (long at = output.Head; at < output.PaidEnd; at++)
        {
            Pending action = output[at];
            if (action.Kind != NodeActionKind.Persist) continue;
            if (!node.Log.HasRoom(action.Bytes.Length))
            {
                Stop(node);
                return;
            }
            int fault = core.Faults.AtPersist(node.Id.Value, node.Counters.Persisted);
            if (fault >= 0)
            {
                Meet(node, core.Faults[fault].Kind, action.Bytes, fault);
                return;
            }
            Append(node, action.Bytes);
        }
        output.WrittenEnd = output.PaidEnd;
        output.IsFlushing = true;
        core.Queue.Push(core.Micros + core.Options.FsyncMicroseconds, new Work { Kind = WorkKind.Durable, Node = node.Id.Value, Life = node.Life });
    }

    public void Durable(SimulatedNode node)
    {
        NodeOutput output = node.Output;
        node.Log.Flush();
        output.IsFlushing = false;
        int bytes = 0;
        for (long at = Math.Max(output.DurableEnd, output.Head); at < output.WrittenEnd; at++)
        {
            if (output[at].Kind == NodeActionKind.Persist) bytes += output[at].Bytes.Length;
        }
        output.DurableEnd = output.WrittenEnd;
        core.Happened(SimulatedEventKind.Persisted, new NodeId(-1), node.Id, default, bytes);
    }

    /// <summary>All that the node had in memory is gone, and what it had not sent.</summary>
    public void PowerOff(SimulatedNode node)
    {
        while (!node.Output.IsEmpty) core.Pool.Release(node.Output.Take().Bytes);
        node.Output.Reset();
        while (node.Inbox.TryDequeue(out Waiting waiting)) core.Pool.Release(waiting.Message);
        core.Timers.Clear(node.Id.Value);
        (node.Instance as IDisposable)?.Dispose();
        node.Instance = null;
        (node.Handling, node.TickPending) = (false, false);
        node.RunMicros = node.WakeMicros = long.MaxValue;
        node.Life++;
        node.Counters.Crashes++;
        core.Happened(SimulatedEventKind.Crashed, new NodeId(-1), node.Id, default);
    }

    private void Meet(SimulatedNode node, FaultKind kind, Payload record, int fault)
    {
        if (kind is FaultKind.CrashInPersist or FaultKind.CrashAfterPersist) Append(node, record);
        if (kind == FaultKind.CrashInPersist) node.Log.Tear(node.DiskRandom, record.Length);
        else node.Log.Flush();
        core.Faults.Hold(fault, node);
        PowerOff(node);
    }

    private void Stop(SimulatedNode node)
    {
        node.Holds++;
        node.Log.Flush();
        PowerOff(node);
    }

    private static void Append(SimulatedNode node, Payload record)
    {
        node.Log.Append(record.Span);
        node.Counters.Persisted++;
        node.Counters.PersistedBytes += record.Length;
    }
}
