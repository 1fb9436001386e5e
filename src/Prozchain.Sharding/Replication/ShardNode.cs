using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// One node of a shard: it orders and executes micro-blocks, hands what they say to the shards concerned with certified
/// headers and proofs, and takes in what these say. A pure state machine.
/// </summary>
/// <remarks>
/// Each member of a destination hears a block from one more member of the source than can be faulty; who sends to whom
/// follows from indexes and height, and moves on when it is sent again. Messages: docs/formats/sharding-replica.md.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed partial class ShardNode<TTransition> : IProtocolNode, IDisposable where TTransition : IShardTransition
{
    private const int KeptHeaders = 4096, MaxReceiptsPerMessage = 1024, AnswersPerWindow = 64;

    private readonly OrderingOptions _options;
    private readonly ICommitteeDirectory _committees;
    private readonly Outbox _outbox;
    private readonly HeaderFetcher _fetcher;
    private readonly ReplicaWriter _writer = new();
    private readonly Dictionary<ulong, FinalityProof> _headers = [];
    private readonly HashSet<NodeId> _members;
    private readonly List<(FinalityProof Header, ShardId Destination, int Attempt, List<SentReceipt> Receipts)> _due = [];
    private readonly List<NodeId> _to = [];
    private long _orderingWakeMs = long.MaxValue, _windowMs;
    private int _answers;
    private ulong _routed;

    /// <summary>Makes a node.</summary>
    /// <param name="options">The run; its application is the replica.</param>
    /// <param name="replica">The shard's replica. The node's from now on.</param>
    /// <param name="committees">Which committee orders which shard.</param>
    /// <param name="resendMs">After which time what no other shard has taken in is sent again; the time doubles four times.</param>
    /// <param name="topology">What the beacon has certified of changes of the layout: where an ended shard's word goes.</param>
    /// <exception cref="ArgumentException">The run's application is not the replica.</exception>
    public ShardNode(OrderingOptions options, ReplicatedShard<TTransition> replica, ICommitteeDirectory committees, int resendMs = 1000, ITopologyDirectory? topology = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(committees);
        ArgumentOutOfRangeException.ThrowIfLessThan(resendMs, 1);
        if (!ReferenceEquals(options.Application, replica)) throw new ArgumentException("Expected the replica as the run's application, got another one.", nameof(options));
        (_options, Replica, _committees, _topology, _resendMs) = (options, replica, committees, topology, resendMs);
        Ordering = new OrderingNode(options);
        _outbox = new Outbox(resendMs, replica.Machine.Options.Atomic.RetentionMs);
        _fetcher = new HeaderFetcher(committees, options.DelayMs);
        _members = [.. options.Peers];
        BeginAttestation(resendMs);
    }

    /// <summary>The ordering protocol.</summary>
    public OrderingNode Ordering { get; }

    /// <summary>The replicated state.</summary>
    public ReplicatedShard<TTransition> Replica { get; }

    /// <summary>Bundles, notices and records that other shards have not taken in yet, as far as this node knows.</summary>
    public int Undelivered => _outbox.Count;

    private ShardId Self => _options.Instance.Committee.Shard;

    private ulong Epoch => _options.Instance.Committee.Epoch;

    /// <summary>Takes a client's transaction in and passes it on to the other members.</summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    /// <param name="transaction">The transaction's bytes.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    /// <returns>False if it can be in no block now, is not signed, is here already or there is no room.</returns>
    public bool Submit(long nowMs, ReadOnlySpan<byte> transaction, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        bool isNew = Replica.TrySubmit(transaction.ToArray(), nowMs);
        if (isNew || MayPassOnAgain(TransactionPool.IdOf(transaction), nowMs)) SendToMembers(_writer.Transaction(ReplicaMessage.Transaction, transaction), actions);
        return isNew;
    }

    /// <summary>Takes a client's atomic transaction in, and passes it on to the other members and to the other shards whose cells it declares.</summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    /// <returns>False if this shard holds none of its cells, it is not signed, is here already, too late, or there is no room.</returns>
    public bool Submit(long nowMs, AtomicTransaction transaction, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(actions);
        bool isNew = Replica.TrySubmit(transaction, nowMs);
        if (!isNew && !(Replica.Pool.Holds(transaction) && MayPassOnAgain(transaction.Id, nowMs))) return false;
        ReadOnlySpan<byte> message = _writer.Transaction(ReplicaMessage.AtomicTransaction, transaction.Encoded.Span);
        SendToMembers(message, actions);
        SendToHolders(transaction.Cells, transaction.Id, message, actions);
        return isNew;
    }

    /// <summary>
    /// Takes a client's attempt of a transaction with locks in, and passes it on to the other members and to the other shards
    /// whose cells it names. What becomes of it the shards' records tell; the client tries again with a higher number.
    /// </summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    /// <param name="request">The attempt.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    /// <returns>False if this shard holds none of its cells, it is not signed, this or a later attempt is or was here already, too late, or there is no room.</returns>
    public bool Submit(long nowMs, LockRequest request, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(actions);
        bool isNew = Replica.TrySubmit(request, nowMs);
        if (!isNew && !(Replica.Pool.Holds(request) && MayPassOnAgain(request.Transaction.Id, nowMs))) return false;
        ReadOnlySpan<byte> message = _writer.Transaction(ReplicaMessage.LockRequest, request.Encoded.Span);
        SendToMembers(message, actions);
        SendToHolders(request.Cells, request.Transaction.Id, message, actions);
        return isNew;
    }

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> record)
    {
        Ordering.Restore(record);
        // What was taken in before is acknowledged when it is sent again.
        Replica.TakenIn.Clear();
        Collect();
    }

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        Ordering.Start(nowMs, actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (nowMs >= _orderingWakeMs && !IsHalted)
        {
            _orderingWakeMs = long.MaxValue;
            Ordering.Tick(nowMs, actions);
        }
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (message.Length < 2 || message[0] != WireLimits.Version) return;
        if (message[1] < (byte)ReplicaMessage.Delivery)
        {
            if (!IsHalted) Ordering.Receive(nowMs, from, message, actions);
        }
        else Receive((ReplicaMessage)message[1], nowMs, from, message[2..], actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Dispose() => Replica.Dispose();

    private static int FaultyOf(int members) => (members - 1) / 3;

    private void Receive(ReplicaMessage type, long nowMs, NodeId from, ReadOnlySpan<byte> bytes, NodeActions actions)
    {
        var reader = new WireReader(bytes);
        if (type >= (ReplicaMessage)AttestationMessage.Segment) Receive((AttestationMessage)type, nowMs, from, ref reader, actions);
        switch (type)
        {
            case ReplicaMessage.Delivery:
                if (reader.TryReadCount(reader.Remaining, out int length) && reader.TryReadSpan(length, out ReadOnlySpan<byte> proof)
                    && FinalityProof.TryRead(proof, out FinalityProof? delivered) == ReadResult.Ok && Replica.Remote.Add(delivered!)) OnDelivery(BodySource.Of(delivered!.Header), ref reader, nowMs, from, actions);
                break;
            case ReplicaMessage.Acknowledgement:
                OnAcknowledgement(ref reader, from);
                break;
            case ReplicaMessage.WantHeader:
                if (reader.TryReadUInt64(out ulong height) && reader.IsAtEnd && MayAnswer(nowMs) && _headers.TryGetValue(height, out FinalityProof? header))
                    actions.Send(from, _writer.Header(header));
                break;
            case ReplicaMessage.Header:
                if (FinalityProof.TryRead(bytes, out FinalityProof? answer) == ReadResult.Ok) Replica.Remote.Add(answer!);
                break;
            case ReplicaMessage.WantSettlement: AnswerSettlement(ref reader, nowMs, from, actions); break;
            case ReplicaMessage.Settlement: TakeSettlement(bytes); break;
            case ReplicaMessage.Transaction when _members.Contains(from):
                Replica.TrySubmit(bytes.ToArray(), nowMs, isPassedOn: true);
                break;
            case ReplicaMessage.Transaction:
                Submit(nowMs, bytes, actions);
                break;
            case ReplicaMessage.AtomicTransaction when AtomicTransaction.TryRead(bytes, out AtomicTransaction? transaction) == ReadResult.Ok:
                if (_members.Contains(from)) Replica.TrySubmit(transaction!, nowMs);
                else Submit(nowMs, transaction!, actions);
                break;
            case ReplicaMessage.LockRequest when LockRequest.TryRead(bytes, out LockRequest? request) == ReadResult.Ok:
                if (_members.Contains(from)) Replica.TrySubmit(request!, nowMs);
                else Submit(nowMs, request!, actions);
                break;
        }
    }

    private void OnDelivery(in BodySource source, ref WireReader reader, long nowMs, NodeId from, NodeActions actions)
    {
        if (!reader.TryReadCount(MaxReceiptsPerMessage, out int count)) return;
        var held = new List<ReceiptName>();
        for (; count > 0; count--)
        {
            if (!reader.TryReadByte(out byte kind) || ReceiptProof.Read(ref reader) is not { } proof || !reader.TryReadCount(reader.Remaining, out int length)
                || !reader.TryReadSpan(length, out ReadOnlySpan<byte> encoding) || !reader.TryReadCount(reader.Remaining, out int extra)
                || !reader.TryReadSpan(extra, out ReadOnlySpan<byte> attached)) break;
            if (ProvenReceipt.TryRead(source, kind, encoding.ToArray(), proof) is not { } receipt) break;
            AtomicTransaction? about = extra > 0 && AtomicTransaction.TryRead(attached, out AtomicTransaction? transaction) == ReadResult.Ok ? transaction : null;
            if (Replica.Inbound.IsHeld(receipt) || Replica.IsPast(receipt, about)) held.Add(receipt.Name);
            else if (!Replica.Inbound.Contains(receipt.Name))
            {
                if (!receipt.IsProven) break;
                Replica.Inbound.Add(receipt, nowMs);
            }
            if (about is not null) Replica.TrySubmit(about, nowMs);
        }
        if (held.Count > 0) actions.Send(from, _writer.Acknowledgement(Self, held));
    }

    private void OnAcknowledgement(ref WireReader reader, NodeId from)
    {
        if (!reader.TryReadUInt64(out ulong shard) || _committees.FindNow(new ShardId(shard), Epoch) is not { } committee || !reader.TryReadCount(MaxReceiptsPerMessage, out int count)) return;
        if (!committee.Peers.Contains(from)) return;
        for (; count > 0 && reader.TryReadUInt64(out ulong height) && reader.TryReadCount(int.MaxValue, out int index); count--)
            _outbox.Acknowledged(new ShardId(shard), from, FaultyOf(committee.Peers.Count) + 1, height, index);
    }

    // What finality brought: more to say to others, and what others need not say again.
    private void Collect()
    {
        if (Ordering.Ending is not null) Replica.CertifyRest(Ordering.ProofOf);
        while (Replica.Certified.TryDequeue(out CertifiedStep? step))
        {
            ulong height = step.Header.Header.Height - 1;
            _headers[height] = step.Header;
            if (height > KeptHeaders) _headers.Remove(height - KeptHeaders);
            if (_options.Member >= 0) _outbox.Add(step, Routes);
            _attestation?.Certified(step.Header);
        }
        if (_routed == Routes.Version) return;
        _routed = Routes.Version;
        _outbox.Reroute(Routes);
    }

    private void Advance(long nowMs, NodeActions actions)
    {
        if (actions.WakeMs is { } wake) _orderingWakeMs = wake;
        Collect();
        VerifyWaiting(nowMs);
        Acknowledge(actions);
        _outbox.Expire(Replica.HasEnded ? nowMs : Replica.TimeMs);
        long next = long.MaxValue;
        if (_options.Member >= 0)
        {
            next = _outbox.TakeDue(nowMs, _due);
            foreach ((FinalityProof header, ShardId destination, int attempt, List<SentReceipt> receipts) in _due) Deliver(header, destination, attempt, receipts, actions);
            _due.Clear();
        }
        next = Math.Min(next, AskForSettlements(nowMs, actions));
        next = Math.Min(next, _fetcher.Advance(nowMs, _options.Member, Replica.Remote.Wanted, _writer, actions));
        if (_attestation is { } attestation) next = Math.Min(next, attestation.Advance(nowMs, actions));
        actions.WakeAt(Math.Min(Math.Min(next, _verifyMs), IsHalted ? long.MaxValue : _orderingWakeMs));
    }

    private void Acknowledge(NodeActions actions)
    {
        if (Replica.TakenIn.Count == 0) return;
        var names = new SortedDictionary<ShardId, List<ReceiptName>>();
        while (Replica.TakenIn.TryDequeue(out ProvenReceipt? receipt))
        {
            if (receipt.Kind == ReceiptKind.Notice && receipt.Notice.Kind == ChannelNoticeKind.Grant && receipt.Notice.Channel.Source == Self) _outbox.Granted(receipt.Notice);
            // A grant acknowledges a bundle, unless an end of the channel has ended.
            if (receipt.Bundle is { } bundle && bundle.Channel.Destination == Self && Routes.IsLive(bundle.Channel.Source)) continue;
            if (!names.TryGetValue(receipt.Source.Shard, out List<ReceiptName>? ofShard)) names.Add(receipt.Source.Shard, ofShard = []);
            ofShard.Add(receipt.Name);
        }
        if (_options.Member < 0) return;
        foreach ((ShardId shard, List<ReceiptName> ofShard) in names)
        {
            if (_committees.FindNow(shard, Epoch) is not { } committee) continue;
            foreach (ReceiptName[] part in ofShard.Chunk(MaxReceiptsPerMessage))
                actions.Send(Spread(committee, part[0].Height, 0), _writer.Acknowledgement(Self, part));
        }
    }
}
