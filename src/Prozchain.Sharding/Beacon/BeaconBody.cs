using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>What a beacon block takes in, list by list, in the order in which it is applied. Do not change a list that was handed over.</summary>
public sealed record BeaconBody
{
    /// <summary>Final headers of shards, by shard id; at most one proof of a shard.</summary>
    public IReadOnlyList<FinalityProof> Anchors { get; init; } = [];

    /// <summary>Stake that comes in, by number.</summary>
    public IReadOnlyList<Deposit> Deposits { get; init; } = [];

    /// <summary>Orders to leave.</summary>
    public IReadOnlyList<ExitOrder> Exits { get; init; } = [];

    /// <summary>Evidence of offences.</summary>
    public IReadOnlyList<FaultEvidence> Evidence { get; init; } = [];

    /// <summary>Reveals of this epoch's slots.</summary>
    public IReadOnlyList<Reveal> Reveals { get; init; } = [];

    /// <summary>Splits, merges and new classes.</summary>
    public IReadOnlyList<TopologyProposal> Proposals { get; init; } = [];

    /// <summary>Members of target committees that are ready.</summary>
    public IReadOnlyList<Readiness> Ready { get; init; } = [];

    /// <summary>The application records, in order.</summary>
    public IReadOnlyList<ApplicationRecord> Records { get; init; } = [];

    internal bool IsTooLarge =>
        Anchors.Count > BeaconLimits.MaxAnchors || Anchors.Sum(anchor => anchor.Headers.Count) > BeaconLimits.MaxAnchorHeaders || Deposits.Count > BeaconLimits.MaxRegistryEntries || Exits.Count > BeaconLimits.MaxRegistryEntries
        || Evidence.Count > BeaconLimits.MaxEvidence || Reveals.Count > BeaconLimits.MaxReveals || Proposals.Count > BeaconLimits.MaxProposals
        || Ready.Count > BeaconLimits.MaxReadiness || Records.Count > WireLimits.MaxRecords || Records.Sum(record => (long)record.Data.Length) > WireLimits.MaxRecordBytesPerBlock;

    /// <summary>Count and tree root of each list. Of an anchor it covers the first and the last header, and so those between: other quorums certify the same ones.</summary>
    internal Digest ComputeRoot()
    {
        var output = new ArrayBufferWriter<byte>(8 * (sizeof(uint) + Digest.Size));
        Tree(output, Anchors, anchor => TreeHash.Leaf([.. anchor.Header.Hash.Span, .. anchor.Headers[^1].Hash.Span]));
        Tree(output, Deposits, deposit => Leaf(deposit.Write));
        Tree(output, Exits, order => Leaf(order.Write));
        Tree(output, Evidence, evidence => Leaf(evidence.Write));
        Tree(output, Reveals, reveal => Leaf(reveal.Write));
        Tree(output, Proposals, proposal => Leaf(proposal.Write));
        Tree(output, Ready, readiness => Leaf(readiness.Write));
        Tree(output, Records, RecordLeaf);
        return new Digest(Domains.BeaconBody.Hash(output.WrittenSpan));
    }

    internal void Write(IBufferWriter<byte> output)
    {
        List(output, Anchors, anchor => anchor.Write(output));
        List(output, Deposits, deposit => deposit.Write(output));
        List(output, Exits, order => order.Write(output));
        List(output, Evidence, evidence => evidence.Write(output));
        List(output, Reveals, reveal => reveal.Write(output));
        List(output, Proposals, proposal => proposal.Write(output));
        List(output, Ready, readiness => readiness.Write(output));
        List(output, Records, record =>
        {
            new WireWriter(output).WriteUInt32(record.ApplicationId);
            BeaconWire.WriteBytes(output, record.Data.Span);
        });
    }

    internal static ReadResult Read(ref WireReader reader, out BeaconBody body)
    {
        body = null!;
        ReadResult result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxAnchors, 1 + sizeof(ushort) + MicroHeader.Size + sizeof(uint), FinalityProof.Read, out FinalityProof[] anchors);
        if (result != ReadResult.Ok) return result;
        if (anchors.Sum(anchor => anchor.Headers.Count) > BeaconLimits.MaxAnchorHeaders) return ReadResult.TooLarge;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxRegistryEntries, 53, Deposit.Read, out Deposit[] deposits);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxRegistryEntries, 10, ExitOrder.Read, out ExitOrder[] exits);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxEvidence, Statement.Size, FaultEvidence.Read, out FaultEvidence[] evidence);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxReveals, 2, Reveal.Read, out Reveal[] reveals);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxProposals, 11, TopologyProposal.Read, out TopologyProposal[] proposals);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxReadiness, 34, Readiness.Read, out Readiness[] ready);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, WireLimits.MaxRecords, sizeof(uint) + 1, ReadRecord, out ApplicationRecord[] records);
        if (result != ReadResult.Ok) return result;
        body = new BeaconBody { Anchors = anchors, Deposits = deposits, Exits = exits, Evidence = evidence, Reveals = reveals, Proposals = proposals, Ready = ready, Records = records };
        return records.Sum(record => (long)record.Data.Length) > WireLimits.MaxRecordBytesPerBlock ? ReadResult.TooLarge : ReadResult.Ok;
    }

    private static ReadResult ReadRecord(ref WireReader reader, out ApplicationRecord record)
    {
        record = null!;
        if (!reader.TryReadUInt32(out uint application)) return ReadResult.Truncated;
        ReadResult result = BeaconWire.ReadBytes(ref reader, WireLimits.MaxRecordBytes, out byte[] data);
        if (result == ReadResult.Ok) record = new ApplicationRecord(application, data);
        return result;
    }

    private static void List<T>(IBufferWriter<byte> output, IReadOnlyList<T> items, Action<T> write)
    {
        new WireWriter(output).WriteVarint((ulong)items.Count);
        foreach (T item in items) write(item);
    }

    private static void Tree<T>(IBufferWriter<byte> output, IReadOnlyList<T> items, Func<T, Bytes32> leaf)
    {
        var writer = new WireWriter(output);
        writer.WriteUInt32((uint)items.Count);
        writer.WriteBytes32(MerkleTree<TreeHash>.Root([.. items.Select(leaf)]));
    }

    private static Bytes32 Leaf(Action<IBufferWriter<byte>> write) => TreeHash.Leaf(BeaconWire.Encode(write));

    private static Bytes32 RecordLeaf(ApplicationRecord record)
    {
        var bytes = new byte[sizeof(uint) + record.Data.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, record.ApplicationId);
        record.Data.Span.CopyTo(bytes.AsSpan(sizeof(uint)));
        return TreeHash.Leaf(bytes);
    }
}
