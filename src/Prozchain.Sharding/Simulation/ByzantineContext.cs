namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="ByzantineBehaviour"/> has at hand.</summary>
public sealed class ByzantineContext
{
    private const int MemoryLength = 256;

    private readonly List<(long DueMs, NodeId To, byte[] Message)> _later = [];
    private readonly List<byte[]> _memory = [];
    private NodeActions? _actions;
    private long _remembered;

    internal ByzantineContext(SimulationRandom random) => Random = random;

    /// <summary>The time, Unix milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>The behaviour's own draws.</summary>
    public SimulationRandom Random { get; }

    /// <summary>The last 256 messages that the node received or wanted to send, in no particular order.</summary>
    public IReadOnlyList<byte[]> Seen => _memory;

    internal long NextDueMs => _later.Count == 0 ? long.MaxValue : _later.Min(later => later.DueMs);

    /// <summary>Sends now.</summary>
    /// <param name="to">To whom.</param>
    /// <param name="message">The bytes; copied.</param>
    public void Send(NodeId to, ReadOnlySpan<byte> message) => _actions!.Send(to, message);

    /// <summary>Sends later, if the node lives until then.</summary>
    /// <param name="afterMs">Milliseconds from now.</param>
    /// <param name="to">To whom.</param>
    /// <param name="message">The bytes; copied.</param>
    public void SendLater(long afterMs, NodeId to, ReadOnlySpan<byte> message) => _later.Add((NowMs + afterMs, to, message.ToArray()));

    internal void Begin(long nowMs, NodeActions actions) => (NowMs, _actions) = (nowMs, actions);

    internal void Remember(ReadOnlySpan<byte> message)
    {
        if (_memory.Count < MemoryLength) _memory.Add(message.ToArray());
        else _memory[(int)(_remembered % MemoryLength)] = message.ToArray();
        _remembered++;
    }

    internal void SendDue()
    {
        for (int i = 0; i < _later.Count;)
        {
            if (_later[i].DueMs > NowMs)
            {
                i++;
                continue;
            }
            Send(_later[i].To, _later[i].Message);
            _later.RemoveAt(i);
        }
    }
}
