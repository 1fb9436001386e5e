using System.Buffers.Binary;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>What a <see cref="SynodNode"/> does wrong, so that the kit can be seen to find it.</summary>
public enum SynodBug
{
    None,

    /// <summary>An answer leaves before what it promises is durable.</summary>
    SendsBeforePersisting,

    /// <summary>An answer that comes twice counts twice.</summary>
    CountsDuplicates,

    /// <summary>One answer less than a majority is enough.</summary>
    AcceptsMinority,

    /// <summary>The promise not to accept older ballots is not kept.</summary>
    ForgetsPromises,

    /// <summary>A decision that went astray is never told again.</summary>
    NeverRepeats,
}

/// <summary>
/// A sequence of decisions, each by Paxos's synod protocol (Lamport, Paxos Made Simple, 2001): every node proposes and
/// accepts. Small, known to be right, and wrong on request.
/// </summary>
internal sealed class SynodNode(NodeId id, int nodes, SynodBug bug) : IProtocolNode
{
    private const int MessageSize = 29;
    private const byte Prepare = 1, Promise = 2, Accept = 3, Accepted = 4, Decide = 5;

    private readonly NodeId[] _all = [.. Enumerable.Range(0, nodes).Select(node => new NodeId(node))];
    private readonly Dictionary<int, Slot> _slots = [];
    private readonly List<int> _answered = [];
    private long _round, _ballot, _bestBallot, _value;
    private bool _accepting;

    /// <summary>What was decided, from the first slot on.</summary>
    public List<long> Decided { get; } = [];

    private int Quorum => bug == SynodBug.AcceptsMinority ? nodes / 2 : nodes / 2 + 1;

    public void Restore(ReadOnlySpan<byte> record)
    {
        Message read = Read(record);
        if (read.Kind == Decide) Decided.Add(read.Value);
        else _slots[read.Slot] = new Slot(read.Ballot, read.AcceptedBallot, read.Value);
        _round = Math.Max(_round, read.Ballot >> 8);
    }

    public void Start(long nowMs, NodeActions actions) => actions.WakeAt(nowMs + 10 + 20 * id.Value);

    public void Tick(long nowMs, NodeActions actions)
    {
        _ballot = (++_round << 8) | (long)id.Value;
        (_accepting, _bestBallot, _value) = (false, 0, 1000 * Decided.Count + id.Value);
        _answered.Clear();
        actions.Send(_all, Write(new Message(Prepare, Decided.Count, _ballot, 0, 0)));
        // Rivals must not meet again and again: each waits for a while of its own.
        actions.WakeAt(nowMs + 120 + (_round * 37 + id.Value * 91) % 240);
    }

    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        if (message.Length != MessageSize) return;
        Message read = Read(message);
        if (read.Kind == Decide)
        {
            Learn(nowMs, read.Slot, read.Value, actions);
            return;
        }
        if (read.Slot < Decided.Count)
        {
            if (bug != SynodBug.NeverRepeats) actions.Send(from, Write(new Message(Decide, read.Slot, 0, 0, Decided[read.Slot])));
            return;
        }
        Slot slot = _slots.GetValueOrDefault(read.Slot);
        switch (read.Kind)
        {
            case Prepare when read.Ballot > slot.Promised:
                Answer(from, read.Slot, slot with { Promised = read.Ballot }, Promise, actions);
                break;
            case Accept when read.Ballot >= slot.Promised || bug == SynodBug.ForgetsPromises:
                Answer(from, read.Slot, new Slot(read.Ballot, read.Ballot, read.Value), Accepted, actions);
                break;
            case Promise when read.Ballot == _ballot && read.Slot == Decided.Count && !_accepting:
                if (read.AcceptedBallot > _bestBallot) (_bestBallot, _value) = (read.AcceptedBallot, read.Value);
                if (!IsQuorum(from)) break;
                _accepting = true;
                _answered.Clear();
                actions.Send(_all, Write(new Message(Accept, read.Slot, _ballot, 0, _value)));
                break;
            case Accepted when read.Ballot == _ballot && read.Slot == Decided.Count && _accepting && IsQuorum(from):
                actions.Send(_all, Write(new Message(Decide, read.Slot, 0, 0, _value)));
                break;
        }
    }

    private bool IsQuorum(NodeId from)
    {
        if (bug == SynodBug.CountsDuplicates || !_answered.Contains(from.Value)) _answered.Add(from.Value);
        return _answered.Count >= Quorum;
    }

    private void Answer(NodeId to, int slot, Slot state, byte kind, NodeActions actions)
    {
        _slots[slot] = state;
        byte[] message = Write(new Message(kind, slot, state.Promised, state.AcceptedBallot, state.Value));
        if (bug == SynodBug.SendsBeforePersisting) actions.Send(to, message);
        actions.Persist(message);
        if (bug != SynodBug.SendsBeforePersisting) actions.Send(to, message);
    }

    private void Learn(long nowMs, int slot, long value, NodeActions actions)
    {
        if (slot != Decided.Count) return;
        Decided.Add(value);
        actions.Persist(Write(new Message(Decide, slot, 0, 0, value)));
        actions.WakeAt(nowMs + 20 + 30 * ((id.Value + slot) % nodes));
    }

    private static Message Read(ReadOnlySpan<byte> bytes) => new(
        bytes[0],
        BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[5..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[13..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[21..]));

    private static byte[] Write(in Message message)
    {
        var bytes = new byte[MessageSize];
        bytes[0] = message.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), message.Slot);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), message.Ballot);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(13), message.AcceptedBallot);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(21), message.Value);
        return bytes;
    }

    private readonly record struct Slot(long Promised, long AcceptedBallot, long Value);

    private readonly record struct Message(byte Kind, int Slot, long Ballot, long AcceptedBallot, long Value);
}
