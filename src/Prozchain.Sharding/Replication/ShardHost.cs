using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// One validator with all the shards that it orders: it starts with those it is given, and as a shard ends by split or
/// merge it goes on with the heirs, whose runs start where the parents' ended. Ended shards still answer for ten
/// minutes: blocks to those who catch up, and what was said and not yet taken in, for as long as it takes. A pure state machine.
/// </summary>
/// <remarks>
/// Peers in committees are <see cref="AddressOf">addresses</see> of a shard at a host; messages between hosts name both
/// shards, and records in the log their shard: docs/formats/sharding-replica.md. A client's message names none: every
/// shard of the host is offered it. Receipts and transactions for a shard that has ended go to its heirs, those for one that is
/// not born yet to its parents. A host brings messages to itself too.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed partial class ShardHost<TTransition> : IProtocolNode, IDisposable where TTransition : IShardTransition
{
    private const byte ShardMessage = 64;
    private const int HeadSize = 2 + 2 * sizeof(ulong), RetryMs = 20, RetainMs = 600_000;

    private readonly int _hosts;
    private readonly Func<ShardBirth<TTransition>, ShardNode<TTransition>?> _make;
    private readonly SortedDictionary<ShardId, ShardNode<TTransition>> _nodes = [];
    private readonly Dictionary<ShardId, long> _wakes = [];
    private readonly List<ShardBirth<TTransition>> _births = [];
    private readonly HashSet<ShardId> _over = [];
    private readonly Dictionary<ShardId, long> _retireMs = [];
    private readonly Dictionary<ShardId, List<byte[]>> _early = [];
    private readonly NodeActions _inner = new();
    private readonly ArrayBufferWriter<byte> _message = new(1024);
    private readonly List<NodeId> _to = [];

    /// <summary>Makes a host.</summary>
    /// <param name="hosts">How many hosts there are: their numbers are 0 to one less.</param>
    /// <param name="first">The shards that it starts with; the host's from now on.</param>
    /// <param name="make">Makes an heir's node; null while its committee is not known here: then it is asked again.</param>
    public ShardHost(int hosts, IEnumerable<ShardNode<TTransition>> first, Func<ShardBirth<TTransition>, ShardNode<TTransition>?> make)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hosts, 1);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(make);
        (_hosts, _make) = (hosts, make);
        foreach (ShardNode<TTransition> node in first) _nodes.Add(node.Replica.Machine.Shard.Id, node);
    }

    /// <summary>The nodes of its shards, ended ones too, by shard.</summary>
    public IEnumerable<ShardNode<TTransition>> Shards => _nodes.Values;

    /// <summary>Looks a shard's node up.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>Null if this host has none.</returns>
    public ShardNode<TTransition>? Find(ShardId shard) => _nodes.GetValueOrDefault(shard);

    /// <summary>The address of a shard at a host: what committees name as peers.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="host">Number of the host.</param>
    /// <param name="hosts">How many hosts there are.</param>
    /// <exception cref="OverflowException">Shard times hosts is above what a number holds.</exception>
    public static NodeId AddressOf(ShardId shard, int host, int hosts) => new(checked((int)(shard.Value * (ulong)hosts) + host));

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> record)
    {
        if (record.Length < sizeof(ulong)) return;
        var shard = new ShardId(BinaryPrimitives.ReadUInt64LittleEndian(record));
        if (_nodes.TryGetValue(shard, out ShardNode<TTransition>? node))
        {
            node.Restore(record[sizeof(ulong)..]);
            Follow(node);
            return;
        }
        // Of an heir whose committee is not known here yet.
        if (!_early.TryGetValue(shard, out List<byte[]>? records)) _early.Add(shard, records = []);
        records.Add(record[sizeof(ulong)..].ToArray());
    }

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        foreach (ShardId shard in _nodes.Keys.ToArray()) Begin(shard, nowMs, actions);
        Finish(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        foreach (ShardId shard in _nodes.Keys.ToArray())
        {
            if (_wakes[shard] > nowMs) continue;
            _wakes[shard] = long.MaxValue;
            _nodes[shard].Tick(nowMs, _inner);
            Pass(shard, actions);
        }
        Finish(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (message.Length < 2 || message[0] != WireLimits.Version) return;
        if (message[1] != ShardMessage)
        {
            if (message[1] is not ((byte)ReplicaMessage.Transaction or (byte)ReplicaMessage.AtomicTransaction or (byte)ReplicaMessage.LockRequest)) return;
            foreach (ShardId shard in _nodes.Keys.ToArray())
                if (!_over.Contains(shard)) Hand(shard, nowMs, new NodeId(-1), message, actions);
        }
        else if (message.Length >= HeadSize + 2 && (uint)from.Value < (uint)_hosts)
        {
            ulong to = BinaryPrimitives.ReadUInt64LittleEndian(message[2..]), source = BinaryPrimitives.ReadUInt64LittleEndian(message[10..]);
            if (to == 0 || source == 0 || source > (ulong)(int.MaxValue / _hosts - 1)) return;
            Route(new ShardId(to), nowMs, AddressOf(new ShardId(source), from.Value, _hosts), message[HeadSize..], actions);
        }
        Finish(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ShardNode<TTransition> node in _nodes.Values) node.Dispose();
        foreach (ShardBirth<TTransition> birth in _births) birth.Drop();
    }

    private void Route(ShardId to, long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        bool isForKeys = message[1] is (byte)ReplicaMessage.Delivery or (byte)ReplicaMessage.Transaction or (byte)ReplicaMessage.AtomicTransaction or (byte)ReplicaMessage.LockRequest;
        if (_nodes.ContainsKey(to) && !(isForKeys && _over.Contains(to)))
        {
            Hand(to, nowMs, from, message, actions);
            return;
        }
        if (!isForKeys) return;
        foreach (ShardId shard in _nodes.Keys.ToArray())
            if (!_over.Contains(shard) && (IsAncestor(to, shard) || IsAncestor(shard, to))) Hand(shard, nowMs, from, message, actions);
    }

    private bool IsAncestor(ShardId ancestor, ShardId descendant)
    {
        foreach (ShardNode<TTransition> node in _nodes.Values)
            if (node.Routes.IsAncestor(ancestor, descendant)) return true;
        return false;
    }

    private void Hand(ShardId shard, long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        _nodes[shard].Receive(nowMs, from, message, _inner);
        Pass(shard, actions);
    }

    // A node's actions become the host's.
    private void Pass(ShardId shard, NodeActions actions)
    {
        if (_inner.WakeMs is { } wake) _wakes[shard] = wake;
        for (int i = 0; i < _inner.Count;)
        {
            NodeAction action = _inner[i];
            _message.ResetWrittenCount();
            if (action.Kind == NodeActionKind.Persist)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(_message.GetSpan(sizeof(ulong)), shard.Value);
                _message.Advance(sizeof(ulong));
                _message.Write(action.Bytes.Span);
                actions.Persist(_message.WrittenSpan);
                i++;
                continue;
            }
            // A message to many stays one.
            int target = action.To.Value / _hosts;
            _to.Clear();
            for (; i < _inner.Count && _inner[i] is { Kind: NodeActionKind.Send } next && next.To.Value / _hosts == target && next.Bytes.Equals(action.Bytes); i++) _to.Add(new NodeId(next.To.Value % _hosts));
            if (action.To.Value < 0) continue;
            Span<byte> head = _message.GetSpan(HeadSize);
            (head[0], head[1]) = (WireLimits.Version, ShardMessage);
            BinaryPrimitives.WriteUInt64LittleEndian(head[2..], (ulong)target);
            BinaryPrimitives.WriteUInt64LittleEndian(head[10..], shard.Value);
            _message.Advance(HeadSize);
            _message.Write(action.Bytes.Span);
            actions.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_to), _message.WrittenSpan);
        }
        _inner.Clear();
    }
}
