namespace Prozchain.Sharding;

/// <summary>What a host is to do with one of <see cref="NodeActions"/>' entries.</summary>
public enum NodeActionKind
{
    /// <summary>Carry the bytes to one peer.</summary>
    Send,

    /// <summary>Append the bytes to the node's log; later entries wait until they are durable.</summary>
    Persist,
}

/// <summary>One thing that a node asks its host to do. A view: valid until the list is cleared.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="To">To whom; meaningless for <see cref="NodeActionKind.Persist"/>.</param>
/// <param name="Bytes">The message or record.</param>
public readonly record struct NodeAction(NodeActionKind Kind, NodeId To, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// The actions of one call of an <see cref="IProtocolNode"/>, in order. A host keeps one and clears it after each call,
/// so that nothing is allocated once its buffers have grown. A message to many peers is held once.
/// </summary>
public sealed class NodeActions
{
    private readonly List<Entry> _entries = [];
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>When the node next wants a <see cref="IProtocolNode.Tick"/>, Unix milliseconds; null if this call did not say: then the time last said stands.</summary>
    public long? WakeMs { get; private set; }

    /// <summary>An entry.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public NodeAction this[int index]
    {
        get
        {
            Entry entry = _entries[index];
            return new NodeAction(entry.Kind, entry.To, _bytes.AsMemory(entry.Start, entry.Length));
        }
    }

    /// <summary>Asks for a message to one peer.</summary>
    /// <param name="to">The peer.</param>
    /// <param name="message">The bytes; copied.</param>
    public void Send(NodeId to, ReadOnlySpan<byte> message) => _entries.Add(new Entry(NodeActionKind.Send, to, Copy(message), message.Length));

    /// <summary>Asks for one message to several peers.</summary>
    /// <param name="to">The peers.</param>
    /// <param name="message">The bytes; copied once.</param>
    public void Send(ReadOnlySpan<NodeId> to, ReadOnlySpan<byte> message)
    {
        int start = Copy(message);
        foreach (NodeId peer in to) _entries.Add(new Entry(NodeActionKind.Send, peer, start, message.Length));
    }

    /// <summary>Asks for a record in the node's log, durable before anything after it leaves.</summary>
    /// <param name="record">The bytes; copied.</param>
    public void Persist(ReadOnlySpan<byte> record) => _entries.Add(new Entry(NodeActionKind.Persist, default, Copy(record), record.Length));

    /// <summary>Asks for a tick; replaces the time asked for before. <see cref="long.MaxValue"/> asks for none.</summary>
    /// <param name="timeMs">Unix milliseconds; in the past means as soon as possible.</param>
    public void WakeAt(long timeMs) => WakeMs = timeMs;

    /// <summary>Forgets all entries and keeps the buffers.</summary>
    public void Clear()
    {
        _entries.Clear();
        _length = 0;
        WakeMs = null;
    }

    private int Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length) Array.Resize(ref _bytes, int.Max(checked(_length + bytes.Length), 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return _length - bytes.Length;
    }

    private readonly record struct Entry(NodeActionKind Kind, NodeId To, int Start, int Length);
}
