using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Attesting;

/// <summary>Segments as members of a shard hand them out, and the means to judge and to forge them.</summary>
internal sealed class SegmentSample : IDisposable
{
    public const int Validators = 4;

    private static readonly BankOptions s_bank = new()
    {
        Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = 2, Validators = Validators, Attesters = 1, TransfersPerSecond = 80,
        Channels = new ChannelOptions { MaxUnattested = 5_000 },
    };

    private readonly BankWorld _bank;

    public SegmentSample()
    {
        _bank = new BankWorld(5, s_bank);
        _bank.World.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind == SimulatedEventKind.Received && bytes.Length > 2 && bytes[1] == (byte)AttestationMessage.Segment && happened.To.Value == 2 * Validators) Encoded.TryAdd(bytes.Length, bytes[2..].ToArray());
        };
        _bank.World.RunTo(4_000);
        Committees = _bank.Shards.Committees;
        // The one with the most in it.
        Bytes = Encoded.Values.OrderByDescending(bytes => bytes.Length).First();
        Segment = Read(Bytes);
        Checker = new SegmentChecker<TransferTransition>(_bank.Shards.MachineOf(Segment.Seal.Header.Shard), Committees, new TestVerifier());
    }

    public SortedDictionary<int, byte[]> Encoded { get; } = [];

    public byte[] Bytes { get; }

    public SegmentWitness Segment { get; }

    /// <summary>The first segment of the same shard: its cells before are the genesis.</summary>
    public SegmentWitness First => Encoded.Values.Select(Read).Where(segment => segment.Seal.Header.Shard == Segment.Seal.Header.Shard).MinBy(segment => segment.Seal.Header.Height)!;

    public CommitteeDirectory Committees { get; }

    public SegmentChecker<TransferTransition> Checker { get; }

    public ShardCommittee Orderers => Committees.Find(Segment.Seal.Header.Shard, Segment.Seal.Header.Epoch)!;

    /// <summary>All cells of the shard as they were at first.</summary>
    public StateWrite[] Genesis() =>
    [
        .. Enumerable.Range(2 * Validators, s_bank.Accounts).Select(seed => Address.FromPublicKey(new TestSigner(seed).PublicKey.Span).Digest).Where(key => Checker.Machine.Shard.Contains(key))
            .Select(key => new StateWrite(key, new Account(0, s_bank.Balance).ToBytes())),
    ];

    private static SegmentWitness Read(byte[] bytes)
    {
        Assert.Equal(ReadResult.Ok, SegmentWitness.TryRead(bytes, out SegmentWitness? segment));
        return segment!;
    }

    /// <summary>What the whole committee, of one mind, certifies in place of the sealing header.</summary>
    public SegmentWitness Certify(Func<MicroHeader, MicroHeader> change, MicroBlock[]? blocks = null)
    {
        MicroHeader header = change(Segment.Seal.Header);
        return new SegmentWitness(FinalityProof.Of([header], Certificate(OrderingVoteKind.Finalize, header)), Segment.Previous, blocks ?? [.. Segment.Blocks], Segment.Before, Segment.Cells, Segment.Witness);
    }

    public OrderingCertificate Certificate(OrderingVoteKind kind, MicroHeader header, params int[] members)
    {
        OrderingInstance instance = Orderers.Instance;
        byte[] message = instance.MessageFor(kind, header.View, header.Hash).Span.ToArray(), proof = new byte[Orderers.Scheme.Sizes.MaxCertificate];
        int first = Segment.Seal.Header.Shard == _bank.Layout.Shards[0].Id ? 0 : Validators;
        CertificateShare[] shares = [.. (members.Length == 0 ? [0, 1, 2, 3] : members).Select(member =>
        {
            var share = new byte[SignatureSchemes.P256SignatureSize];
            new TestSigner(first + member).Sign(message, share);
            return new CertificateShare(member, share);
        })];
        int length = Orderers.Scheme.Combine(message, shares, proof);
        return new OrderingCertificate(kind, header.View, header.Hash, proof.AsMemory(0, length));
    }

    public static MicroHeader With(MicroHeader header, Digest? parent = null, Digest? receipts = null, Digest? writes = null, Digest? state = null, Digest? bodyRoot = null, int? bodyLength = null) => new()
    {
        Kind = header.Kind, ChainId = header.ChainId, Shard = header.Shard, Epoch = header.Epoch, Instance = header.Instance, View = header.View, ParentView = header.ParentView, Height = header.Height,
        Parent = parent ?? header.Parent, TimeMs = header.TimeMs, BodyRoot = bodyRoot ?? header.BodyRoot, BodyLength = bodyLength ?? header.BodyLength,
        ReceiptsRoot = receipts ?? header.ReceiptsRoot, WriteDigest = writes ?? header.WriteDigest, StateRoot = state ?? header.StateRoot,
    };

    public void Dispose()
    {
        Checker.Dispose();
        _bank.Dispose();
    }
}
