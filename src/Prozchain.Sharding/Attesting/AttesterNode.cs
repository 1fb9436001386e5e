using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Attesting;

/// <summary>
/// A sampled validator that holds no state: it executes the segments that a shard has sealed again, each from its witness,
/// and signs what it found where that is what the certified headers state. A pure state machine.
/// </summary>
/// <remarks>
/// It signs one statement a height, also across restarts, and only about segments that lead on from a root that is right:
/// the run's first, one of a segment that it signed itself, or one that a quorum of attesters signed. What bodies say of
/// other shards it checks against certified headers, which it fetches. Where the result is another one it signs nothing
/// and keeps the evidence. Messages: docs/formats/sharding-attestation.md.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed class AttesterNode<TTransition> : IProtocolNode, IDisposable where TTransition : IShardTransition
{
    // A member that has sent so many bytes that no honest one sends is heard no more.
    private const int MaxStrikes = 8, KeptStatements = 64, MaxEvidence = 16;

    private readonly AttesterOptions _options;
    private readonly SegmentChecker<TTransition> _checker;
    private readonly RemoteHeaders _remote;
    private readonly HeaderFetcher _fetcher;
    private readonly ReplicaWriter _replicaWriter = new();
    private readonly AttestationWriter _writer = new();
    private readonly SortedDictionary<ulong, Attestation> _signed = [];
    private readonly SortedDictionary<ulong, (SegmentWitness Segment, NodeId From)> _waiting = [];
    private readonly Dictionary<NodeId, int> _strikes = [];
    private readonly List<InvalidTransitionEvidence> _evidence = [];
    private readonly HashSet<ulong> _refused = [];
    private AttestationCertificate? _certificate;

    /// <summary>Makes an attester.</summary>
    /// <param name="machine">The shard's machine. The node's from now on.</param>
    /// <param name="options">Which shard's committees, and whose key.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the directory does not know the committees.</exception>
    public AttesterNode(ShardMachine<TTransition> machine, AttesterOptions options)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(options);
        Check(options, machine.Shard.Id);
        _options = options;
        _checker = new SegmentChecker<TTransition>(machine, options.Committees, options.Verifier);
        _remote = new RemoteHeaders(options.Committees, machine.Shard.Id);
        _fetcher = new HeaderFetcher(options.Committees, options.DelayMs);
    }

    /// <summary>The last height that this node has signed for; 0 for none.</summary>
    public ulong SignedHeight => _signed.Count == 0 ? 0 : _signed.Last().Key;

    /// <summary>Segments that it signed.</summary>
    public int SignedSegments { get; private set; }

    /// <summary>Transactions that it executed in those.</summary>
    public long Transactions { get; private set; }

    /// <summary>Segments that no honest member hands out: too long, broken, or with a witness that does not show what it must and no more.</summary>
    public int BadSegments { get; private set; }

    /// <summary>What certified headers state and execution does not give, at most 16: for the beacon, and for anybody.</summary>
    public IReadOnlyList<InvalidTransitionEvidence> Evidence => _evidence;

    private ShardId Self => _checker.Machine.Shard.Id;

    private ShardCommittee Orderers => _options.Committees.Find(Self, _options.Epoch)!;

    /// <inheritdoc/>
    /// <remarks>Every statement is in the log before it leaves, so that no other is signed in its place.</remarks>
    public void Restore(ReadOnlySpan<byte> record)
    {
        if (Attestation.TryRead(record, out Attestation statement) == ReadResult.Ok) Remember(statement);
    }

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (message.Length < 2 || message[0] != WireLimits.Version) return;
        ReadOnlySpan<byte> bytes = message[2..];
        switch (message[1])
        {
            case (byte)AttestationMessage.Segment when Orderers.Peers.Contains(from) && _strikes.GetValueOrDefault(from) < MaxStrikes:
                OnSegment(from, bytes, actions);
                break;
            case (byte)AttestationMessage.Certificate when AttestationCertificate.TryRead(bytes, out AttestationCertificate? certificate) == ReadResult.Ok:
                if (Orderers.Peers.Contains(from) && _strikes.GetValueOrDefault(from) < MaxStrikes && !Learn(certificate!)) Strike(from);
                break;
            case (byte)ReplicaMessage.Header when FinalityProof.TryRead(bytes, out FinalityProof? header) == ReadResult.Ok:
                _remote.Add(header!);
                break;
        }
        Advance(nowMs, actions);
    }

    /// <summary>Releases the machine.</summary>
    public void Dispose() => _checker.Dispose();

    private static void Check(AttesterOptions options, ShardId shard)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DelayMs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxWaiting, 1);
        if (options.MaxSegmentBytes is < 1 or > SegmentWitness.MaxBytes) throw new ArgumentException($"Expected 1 to {SegmentWitness.MaxBytes} bytes of a segment, got {options.MaxSegmentBytes}.", nameof(options));
        if (options.Committees.Find(shard, options.Epoch) is null) throw new ArgumentException($"Expected a directory that knows who orders {shard} in epoch {options.Epoch}, got another.", nameof(options));
        IReadOnlyList<AttestingCommittee> drawn = options.Committees.AttestersOf(shard, options.Epoch);
        if (drawn.Count == 0 || (uint)options.Member >= (uint)drawn[^1].Committee.Members.Count
            || !drawn[^1].Committee.Members[options.Member].PublicKey.Span.SequenceEqual(options.Signer.PublicKey.Span))
            throw new ArgumentException($"Expected the key of a member of the committee that attests {shard}, got another for member {options.Member}.", nameof(options));
    }

    private void OnSegment(NodeId from, ReadOnlySpan<byte> bytes, NodeActions actions)
    {
        // The certified header first: without it nothing else is read.
        if (bytes.Length > _options.MaxSegmentBytes || SegmentWitness.TryReadSeal(bytes, out FinalityProof seal, out _) != ReadResult.Ok)
        {
            Strike(from);
            return;
        }
        ulong last = seal.Header.Height - 1;
        if (_signed.TryGetValue(last, out Attestation mine))
        {
            if (mine.Header == seal.Header.Hash) Send(mine, from, actions);
            return;
        }
        if (last < SignedHeight || last <= (_certificate?.Statement.LastHeight ?? 0))
        {
            if (_certificate is { } known) actions.Send(from, _writer.Certificate(known));
            return;
        }
        if (_refused.Contains(last) || _waiting.ContainsKey(last)) return;
        if (seal.Header.Shard != Self || _options.Committees.Find(Self, _options.Epoch, seal.Header.Instance) is not { } orderers || seal.Verify(orderers.Instance, orderers.Scheme) != CertificateResult.Valid || SegmentWitness.TryRead(bytes, out SegmentWitness? segment) != ReadResult.Ok)
        {
            Strike(from);
            return;
        }
        if (!Begins(segment!))
        {
            Strike(from);
            AskNext(from, seal.Header.Height, actions);
            return;
        }
        if (segment!.Previous is { } previous && !Learn(previous)) Strike(from);
        if (_waiting.Count < _options.MaxWaiting) _waiting.Add(last, (segment, from));
        else if (last < _waiting.Last().Key)
        {
            _waiting.Remove(_waiting.Last().Key);
            _waiting.Add(last, (segment, from));
        }
    }

    private void Advance(long nowMs, NodeActions actions)
    {
        foreach ((ulong last, (SegmentWitness segment, NodeId from)) in _waiting.ToArray())
        {
            if (last <= SignedHeight || last <= (_certificate?.Statement.LastHeight ?? 0)) _waiting.Remove(last);
            else if (IsGrounded(segment) && TrySources(segment, out bool isContradicted))
            {
                _waiting.Remove(last);
                if (isContradicted) _refused.Add(last);
                else Check(segment, from, actions);
            }
        }
        actions.WakeAt(_fetcher.Advance(nowMs, _options.Member, _remote.Wanted, _replicaWriter, actions));
    }

    // At a sealed root, which the first header then covers, or where the run does, whose root this node knows.
    private bool Begins(SegmentWitness segment)
    {
        MicroHeader first = segment.Blocks[0].Header;
        return first.Parent == _options.Anchor.Hash ? segment.Before.StateRoot(segment.Cells) == _options.AnchorRoot : !first.StateRoot.IsZero;
    }

    // The root before is right: others or this node have come to it before.
    private bool IsGrounded(SegmentWitness segment)
    {
        MicroHeader first = segment.Blocks[0].Header;
        return first.Parent == _options.Anchor.Hash || (_signed.TryGetValue(first.Height - 1, out Attestation mine) && mine.Header == first.Hash) || _certificate?.Statement.Header == first.Hash;
    }

    // False until certified headers are here that state all that the bodies rely on.
    private bool TrySources(SegmentWitness segment, out bool isContradicted)
    {
        bool isKnown = true;
        isContradicted = false;
        foreach (MicroBlock block in segment.Blocks)
        {
            foreach (BodySource source in ShardBody.TryRead(block.Body)?.Sources ?? [])
            {
                SourceCheck check = _remote.Check(source);
                isContradicted |= check == SourceCheck.Contradicted;
                isKnown &= check == SourceCheck.Known;
            }
        }
        return isKnown || isContradicted;
    }

    private void Check(SegmentWitness segment, NodeId from, NodeActions actions)
    {
        Attestation statement = segment.Statement;
        SegmentResult result = _checker.Check(segment);
        if (result.Fault == SegmentFault.None)
        {
            Remember(statement);
            SignedSegments++;
            Transactions += result.Transactions;
            Span<byte> record = stackalloc byte[Attestation.Size];
            statement.WriteTo(record);
            actions.Persist(record);
            Send(statement, from, actions);
        }
        else if (result.IsInvalidTransition)
        {
            _refused.Add(statement.LastHeight);
            if (_evidence.Count < MaxEvidence) _evidence.Add(InvalidTransitionEvidence.Of(segment, result));
        }
        else if (result.Fault != SegmentFault.BadAttestation)
        {
            // Another member has the one witness. (Of a committee that is not known here yet, this one may be told in time.)
            Strike(from);
            AskNext(from, segment.Seal.Header.Height, actions);
        }
    }

    private void AskNext(NodeId from, ulong sealHeight, NodeActions actions)
    {
        IReadOnlyList<NodeId> peers = Orderers.Peers;
        int at = 0;
        while (at < peers.Count && peers[at] != from) at++;
        actions.Send(peers[(at + 1) % peers.Count], _writer.WantSegment(sealHeight));
    }

    // To the one who handed it out, and to as many after it as can be faulty.
    private void Send(in Attestation statement, NodeId from, NodeActions actions)
    {
        Span<byte> signature = stackalloc byte[SignatureSchemes.Ed25519SignatureSize];
        _options.Signer.Sign(statement.SigningDigest.Span, signature);
        ReadOnlySpan<byte> message = _writer.Share(statement, _options.Member, signature);
        IReadOnlyList<NodeId> peers = Orderers.Peers;
        int at = 0;
        while (at < peers.Count && peers[at] != from) at++;
        for (int i = 0; i <= (peers.Count - 1) / 3; i++) actions.Send(peers[(at + i) % peers.Count], message);
    }

    // False if it does not hold.
    private bool Learn(AttestationCertificate certificate)
    {
        Attestation statement = certificate.Statement;
        if (statement.Shard != Self || statement.ChainId != _checker.Machine.Options.Atomic.ChainId) return false;
        if (statement.LastHeight <= (_certificate?.Statement.LastHeight ?? 0)) return true;
        if (!_options.Committees.AttestersOf(Self, statement.Epoch).Any(drawn => certificate.Verify(drawn.Committee, _options.Verifier) == AttestationResult.Valid)) return false;
        _certificate = certificate;
        return true;
    }

    private void Remember(in Attestation statement)
    {
        _signed[statement.LastHeight] = statement;
        if (_signed.Count > KeptStatements) _signed.Remove(_signed.First().Key);
    }

    private void Strike(NodeId from)
    {
        BadSegments++;
        _strikes[from] = _strikes.GetValueOrDefault(from) + 1;
    }
}
